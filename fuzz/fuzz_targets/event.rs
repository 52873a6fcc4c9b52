//! See [`bearlumen_fuzz::event`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bearlumen_fuzz::event(bytes));
