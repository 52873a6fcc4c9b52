//! What failures of the service mean.

use bearlumen_core::delivery::READ_RETRIES;
use napi_derive::napi;

/// The `code` of an error that the service answered with; status 0 is no answer.
#[napi(catch_unwind)]
pub(crate) fn error_code(code: String, status: u16) -> String {
    bearlumen_js::error_code(&code, status)
}

/// How many seconds a `Retry-After` header asks to wait; nothing when it cannot be read.
#[napi(catch_unwind)]
pub(crate) fn retry_after_seconds(header: String, now_ms: i64) -> Option<i64> {
    bearlumen_js::retry_after_seconds(&header, now_ms)
}

/// The milliseconds to wait before a read is asked again, nothing when its outcome is final.
#[napi(catch_unwind)]
pub(crate) fn read_again_ms(
    status: u16,
    retry_after: Option<String>,
    failures: u32,
    max_retries: u32,
    now_ms: i64,
    jitter: u32,
) -> Option<i64> {
    let retry_after = retry_after.as_deref();
    bearlumen_js::read_again_ms(status, retry_after, failures, max_retries, now_ms, jitter)
}

/// How often a read is asked again where nobody says otherwise.
#[napi(catch_unwind)]
pub(crate) fn read_retries() -> u32 {
    READ_RETRIES
}
