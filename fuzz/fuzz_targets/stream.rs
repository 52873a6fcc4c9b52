//! See [`bearlumen_fuzz::stream`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bearlumen_fuzz::stream(bytes));
