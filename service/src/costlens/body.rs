//! What these clients send, for the `OpenAPI` document. It is read field by field in `run.rs` and `routing.rs`, as loosely
//! as these clients are used to: in either spelling, and what is not listed is ignored. A test sends everything that is
//! described here.

#[cfg(not(feature = "openapi"))]
mod undescribed {
    pub(crate) enum RunBody {}
    pub(crate) enum BatchBody {}
    pub(crate) enum AnalysisBody {}
    pub(crate) enum RoutingBody {}
}

#[cfg(not(feature = "openapi"))]
pub(super) use undescribed::{AnalysisBody, BatchBody, RoutingBody, RunBody};

/// A call that was made. Needs `tokensUsed`, or `inputTokens` and `outputTokens`. Fields that are not listed are ignored.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Run", rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RunBody {
    /// Who charges, such as `openai`.
    provider: String,
    /// The model, as in its provider's responses.
    model: String,
    /// The prompt: its length is measured, and it is not kept.
    input: Option<serde_json::Value>,
    /// The answer: its length is measured, and it is not kept.
    output: Option<serde_json::Value>,
    /// Tokens of both classes: shared out by the lengths of `input` and `output` where both are there, else priced as three
    /// of input to one of output. The cost is an estimate.
    #[schemars(range(max = 1_000_000_000_000_u64))]
    tokens_used: Option<u64>,
    /// Better than `tokensUsed`, with `outputTokens`: the cost is exact.
    #[schemars(range(max = 1_000_000_000_000_u64))]
    input_tokens: Option<u64>,
    #[schemars(range(max = 1_000_000_000_000_u64))]
    output_tokens: Option<u64>,
    /// Milliseconds, at most a day.
    #[schemars(range(min = 0, max = 86_400_000))]
    latency: Option<f64>,
    /// True when absent.
    success: Option<bool>,
    /// Runs with the same one are one run, for ever. Without it each call is a new run. Up to 508 bytes.
    request_id: Option<String>,
    /// Said back; made here when absent.
    correlation_id: Option<String>,
    /// Kept as the dimension `prompt_id`.
    prompt_id: Option<String>,
    /// When the call was made, ISO 8601 or milliseconds since 1970, from 13 months back to 10 minutes ahead; now when
    /// absent.
    timestamp: Option<Time>,
    /// The end user, by the caller's own id.
    user_id: Option<String>,
    feature: Option<String>,
    agent_id: Option<String>,
    workflow_id: Option<String>,
    session_id: Option<String>,
    session_type: Option<String>,
    subscription_id: Option<String>,
    /// The decision of `POST /routing/context-aware` that it followed.
    routing_decision_id: Option<String>,
}

/// ISO 8601, or milliseconds since 1970.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged, rename = "RunTime")]
#[expect(dead_code, reason = "only its schema is used")]
enum Time {
    Iso(String),
    Milliseconds(i64),
}

/// Runs, as many as the plan allows.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RunBatch")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BatchBody {
    #[schemars(length(min = 1, max = 1000))]
    runs: Vec<RunBody>,
}

/// One run, or several. Nothing is recorded.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged, rename = "RunsToAnalyse")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum AnalysisBody {
    /// Several.
    Several(BatchBody),
    /// One.
    One(Box<RunBody>),
}

/// What is to be answered. Needs `prompt` or `inputTokens`. Fields that are not listed are ignored.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RoutingQuestion", rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RoutingBody {
    /// Measured, and not kept.
    prompt: Option<String>,
    /// Tokens of the prompt, where they are known.
    input_tokens: Option<u64>,
    /// Tokens that the answer may take; 500 when absent.
    output_tokens: Option<u64>,
    /// What the prompt holds: some of `text`, `image`, `audio`, `video`.
    modalities: Option<Vec<Modality>>,
    preferences: Option<Preferences>,
}

#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RoutingModality", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum Modality {
    Text,
    Image,
    Audio,
    Video,
}

/// What the answer should be like.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RoutingPreferences", rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct Preferences {
    /// `cost` when absent.
    priority: Option<Priority>,
    /// Milliseconds, held against the organisation's own runs of the latest week.
    max_latency_ms: Option<u64>,
    /// The least class; without it that of `currentModel`, else `standard`.
    quality_requirement: Option<Quality>,
    /// Nano-dollars, a whole number or its decimal text.
    max_cost_nanos: Option<u64>,
    /// Only models of these.
    providers: Option<Vec<String>>,
    /// Only these.
    models: Option<Vec<String>>,
    /// Who sells `currentModel`.
    current_provider: Option<String>,
    /// The model in use, which the decision is compared with. Needs `currentProvider`.
    current_model: Option<String>,
}

#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RoutingPriority", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum Priority {
    Cost,
    Quality,
    Latency,
    Balanced,
}

/// `low`, `medium`, `high` and `highest` are `basic`, `standard`, `high` and `top`.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RoutingQuality", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum Quality {
    Low,
    Medium,
    High,
    Highest,
    Basic,
    Standard,
    Top,
}
