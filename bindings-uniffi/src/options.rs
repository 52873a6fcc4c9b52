//! The options of one `track()`.

use bearlumen_core::event::{Attribution, DimensionValue};
use bearlumen_core::track;
use std::collections::HashMap;

/// The value of a custom dimension.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Dimension {
    /// A label to group by.
    Text {
        /// 1 to 512 bytes.
        value: String,
    },
    /// A measurement to average, sum, ….
    Number {
        /// Any finite number.
        value: f64,
    },
}

/// Who used it, for what, and what the response does not say. All may be absent.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct TrackOptions {
    /// The end user, by your own id.
    #[uniffi(default)]
    pub user_id: Option<String>,
    /// The feature of your product.
    #[uniffi(default)]
    pub feature: Option<String>,
    /// The agent.
    #[uniffi(default)]
    pub agent_id: Option<String>,
    /// The workflow.
    #[uniffi(default)]
    pub workflow_id: Option<String>,
    /// The session.
    #[uniffi(default)]
    pub session_id: Option<String>,
    /// What kind of session.
    #[uniffi(default)]
    pub session_type: Option<String>,
    /// The subscription the usage counts toward.
    #[uniffi(default)]
    pub subscription_id: Option<String>,
    /// The provider, for responses that do not show it.
    #[uniffi(default)]
    pub provider: Option<String>,
    /// The model, for responses that do not name it.
    #[uniffi(default)]
    pub model: Option<String>,
    /// The url of the request.
    #[uniffi(default)]
    pub url: Option<String>,
    /// Headers of the HTTP response.
    #[uniffi(default)]
    pub headers: HashMap<String, String>,
    /// When the call was made, ISO 8601; now when absent.
    #[uniffi(default)]
    pub timestamp: Option<String>,
    /// Makes two calls of `track()` one event; made up when absent.
    #[uniffi(default)]
    pub idempotency_key: Option<String>,
    /// Your own dimensions.
    #[uniffi(default)]
    pub dimensions: HashMap<String, Dimension>,
    /// Your own JSON object, as text.
    #[uniffi(default)]
    pub metadata: Option<String>,
    /// Quantities beyond tokens, as decimal text: `{"characters": "1500"}`.
    #[uniffi(default)]
    pub units: HashMap<String, String>,
    /// What the call cost in US dollars, as decimal text, when you know.
    #[uniffi(default)]
    pub cost: Option<String>,
}

impl TrackOptions {
    pub(crate) fn core(self) -> track::TrackOptions {
        let mut options = track::TrackOptions {
            attribution: Attribution {
                user_id: self.user_id,
                subscription_id: self.subscription_id,
                feature: self.feature,
                agent_id: self.agent_id,
                workflow_id: self.workflow_id,
                session_id: self.session_id,
                session_type: self.session_type,
            },
            dimensions: self
                .dimensions
                .into_iter()
                .map(|(name, value)| (name, dimension(value)))
                .collect(),
            metadata: self.metadata,
            idempotency_key: self.idempotency_key,
            provider: self.provider,
            model: self.model,
            url: self.url,
            ..track::TrackOptions::default()
        };
        if let Some(text) = &self.timestamp {
            options.set_timestamp(text);
        }
        for (unit, amount) in &self.units {
            options.add_units(unit, amount);
        }
        if let Some(usd) = &self.cost {
            options.set_cost(usd);
        }
        options
    }
}

fn dimension(value: Dimension) -> DimensionValue {
    match value {
        Dimension::Text { value } => DimensionValue::Text(value),
        Dimension::Number { value } => DimensionValue::Number(value),
    }
}
