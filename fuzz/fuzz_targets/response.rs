//! See [`bearlumen_fuzz::response`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bearlumen_fuzz::response(bytes));
