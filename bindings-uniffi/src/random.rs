//! Randomness for keys and for the spread of retries.

/// Bytes nobody can guess. Without the system's generator, a key is still its own: it then follows from the
/// clock and a counter.
pub(crate) fn bytes(now_ms: i64) -> [u8; 16] {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed) ^ u64::from(std::process::id());
        let both = (u128::from(now_ms.unsigned_abs()) << 64) | u128::from(count);
        bytes = both.to_be_bytes();
    }
    bytes
}

/// Spreads retries.
pub(crate) fn jitter(now_ms: i64) -> u32 {
    let [a, b, c, d, ..] = bytes(now_ms);
    u32::from_ne_bytes([a, b, c, d])
}
