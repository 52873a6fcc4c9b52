//! What `track()` answers.

use bearlumen_core::track::Tracked;

/// Something odd about a response or an option.
#[derive(Debug, Clone, uniffi::Record)]
pub struct TrackWarning {
    /// A fixed word, such as `option_ignored`.
    pub code: String,
    /// The same in words.
    pub message: String,
}

/// What one call used and cost.
#[derive(Debug, Clone, uniffi::Record)]
pub struct TrackResult {
    /// The event's id at the service, `evt_…`.
    pub event_id: String,
    /// The key that makes sending it again harmless.
    pub idempotency_key: String,
    /// Who answered, if known.
    pub provider: Option<String>,
    /// The model, if known.
    pub model: Option<String>,
    /// Tokens sent, cached ones included.
    pub input_tokens: u64,
    /// Tokens received, reasoning included.
    pub output_tokens: u64,
    /// Both.
    pub total_tokens: u64,
    /// Nano-dollars (10^-9 USD) by the catalogue; absent when unknown.
    pub cost_nanos: Option<i64>,
    /// `reported`, `exact`, `estimated` or `unpriced`.
    pub cost_basis: String,
    /// The stream ended early, or the response said nothing: what is known is not all.
    pub incomplete: bool,
    /// What was odd.
    pub warnings: Vec<TrackWarning>,
    /// All of it, with usage by bucket and the cost's lines, as JSON.
    pub json: String,
}

impl TrackResult {
    pub(crate) fn new(tracked: &Tracked) -> Self {
        Self {
            event_id: tracked.event_id(),
            idempotency_key: tracked.idempotency_key.clone(),
            provider: tracked.provider.clone(),
            model: tracked.model.clone(),
            input_tokens: tracked.input_tokens.whole_units(),
            output_tokens: tracked.output_tokens.whole_units(),
            total_tokens: tracked.total_tokens.whole_units(),
            cost_nanos: tracked.cost.amount.map(bearlumen_core::money::Nanos::get),
            cost_basis: tracked.cost.basis.as_str().to_owned(),
            incomplete: tracked.incomplete,
            warnings: tracked
                .warnings
                .iter()
                .map(|warning| TrackWarning {
                    code: warning.code.to_owned(),
                    message: warning.message.to_string(),
                })
                .collect(),
            json: serde_json::to_string(tracked).unwrap_or_default(),
        }
    }
}
