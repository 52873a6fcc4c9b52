//! The clock and the random source that the service is handed.

use bearlumen_service::{Context, Settings};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 UTC.
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A fresh context. Fails only where the system has no random source.
pub fn context(settings: &Settings) -> Result<Context<'_>, getrandom::Error> {
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy)?;
    Ok(Context {
        now_ms: now_ms(),
        entropy,
        settings,
    })
}
