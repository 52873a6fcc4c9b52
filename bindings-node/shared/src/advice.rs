//! The core's advisory functions: a question's JSON in, its answer's JSON out.

use bearlumen_core::anomaly::anomalies_json;
use bearlumen_core::counterfactual::savings_json;
use bearlumen_core::forecast::forecast_json;
use bearlumen_core::routing::route_json;
use serde_json::json;

/// Answers a question by the function called `name`: `forecast`, `anomalies`, `savings` or `route`; `{"error"}` says
/// what is wrong with it.
pub fn advice(name: &str, question: &str) -> String {
    let answer = match name {
        "forecast" => forecast_json,
        "anomalies" => anomalies_json,
        "savings" => savings_json,
        _ => route_json,
    };
    answer(question).unwrap_or_else(|error| json!({ "error": error.message }).to_string())
}
