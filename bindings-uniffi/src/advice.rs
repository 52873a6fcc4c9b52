//! Forecast, anomalies, savings and routing of the caller's own numbers: a question's JSON in, its answer's JSON out, the
//! same as in every language.

use bearlumen_core::event::FieldError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum AdviceError {
    /// A field is missing or wrong.
    #[error("{reason}")]
    InvalidQuestion {
        /// Which one; empty for the question itself.
        field: String,
        /// What is wrong and what was expected.
        reason: String,
    },
}

impl From<FieldError> for AdviceError {
    fn from(error: FieldError) -> Self {
        Self::InvalidQuestion {
            field: error.field,
            reason: error.message,
        }
    }
}

/// What the coming days will cost: `start`, `dailyNanos`, `horizonDays`, `level`.
#[uniffi::export]
pub fn forecast(question: String) -> Result<String, AdviceError> {
    Ok(bearlumen_core::forecast::forecast_json(&question)?)
}

/// What is odd: `series`, `unpriced`, `budget`, `checkDays`, `leastNanos`.
#[uniffi::export]
pub fn anomalies(question: String) -> Result<String, AdviceError> {
    Ok(bearlumen_core::anomaly::anomalies_json(&question)?)
}

/// What the same usage would have cost otherwise: `usage` or `events`, `at`, and more.
#[uniffi::export]
pub fn savings(question: String) -> Result<String, AdviceError> {
    Ok(bearlumen_core::counterfactual::savings_json(&question)?)
}

/// Which model should answer: `prompt` or `inputTokens`, `at`, and more.
#[uniffi::export]
pub fn route(question: String) -> Result<String, AdviceError> {
    Ok(bearlumen_core::routing::route_json(&question)?)
}
