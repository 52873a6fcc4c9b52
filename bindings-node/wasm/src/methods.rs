//! Forecast, anomalies, savings and routing.

use wasm_bindgen::prelude::wasm_bindgen;

/// The answer to a question of `forecast`, `anomalies`, `savings` or `route`, or `{"error"}`.
#[wasm_bindgen]
pub fn advice(name: &str, question: &str) -> String {
    bearlumen_js::advice(name, question)
}
