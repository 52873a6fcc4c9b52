//! Writes the foreign side of the facade for one language.

fn main() {
    uniffi::uniffi_bindgen_main();
}
