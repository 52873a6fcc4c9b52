//! What the core's answers look like, for the document of the API.

use schemars::JsonSchema;
use serde::Serialize;

/// A quality class, and why it is asked for.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RoutingRequirement")]
pub(super) struct Requirement {
    /// `basic`, `standard`, `high` or `top`.
    quality: String,
    /// `asked`, `current` or `default`.
    from: String,
}

/// Tokens of the prompt, between their bounds, and of the output.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RoutingTokens")]
pub(super) struct Tokens {
    /// The best guess.
    input: u64,
    input_low: u64,
    input_high: u64,
    output: u64,
    /// The input was estimated from the prompt's characters.
    is_estimate: bool,
}

/// A model and how it fares.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RoutingConsidered")]
pub(super) struct Considered {
    provider: String,
    model: String,
    /// Where its vendor places it.
    quality: String,
    /// The vendor's page that says so.
    quality_from: String,
    /// Null without a price.
    estimated_cost: Option<EstimatedCost>,
    /// The mean of the organisation's own runs; null when none was measured.
    latency_ms: Option<u64>,
    /// `chosen`, `adequate` or `rejected`.
    outcome: String,
    /// What it lacks, or what is not known of it.
    reasons: Vec<String>,
}

/// The current model beside the decision.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RoutingAgainst")]
pub(super) struct Against {
    provider: String,
    model: String,
    quality: Option<String>,
    estimated_cost: Option<EstimatedCost>,
    /// Nano-dollars that the decision saves, negative where it costs more; null when a price is missing.
    saved_nanos: Option<String>,
    /// `none`, `unknown`, `quality_upgrade`, `cost_downgrade` or `sideways`.
    change: String,
}

/// What a call would cost, at its likely tokens and at their bounds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EstimatedCost {
    /// US dollars.
    cost: f64,
    /// The same in nano-dollars.
    cost_nanos: String,
    low_nanos: String,
    high_nanos: String,
}
