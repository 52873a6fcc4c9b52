//! What is measured with.

/// An OpenAI chat completion of some 0.8 KB.
pub(crate) const RESPONSE: &str = r#"{"id":"chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY","object":"chat.completion","created":1795176000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"The sky looks blue because air scatters the short waves of sunlight far more than the long ones, so from every direction that is not the sun itself mostly blue light reaches the eye.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1824,"completion_tokens":212,"total_tokens":2036,"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":128,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_0a1b2c3d4e"}"#;

/// 2026-11-20, as the price date.
pub(crate) const AT_MS: i64 = 1_795_176_000_000;

const MODELS: [(&str, &str); 4] = [
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-6"),
    ("anthropic", "claude-haiku-4-5"),
];

/// A key as the SDKs make them: `trk_` and 128 bits in no order.
pub(crate) fn key(name: &str, number: u64) -> String {
    let seed = name.bytes().fold(number, |seed, byte| {
        mix(seed ^ u64::from(byte).rotate_left(32))
    });
    format!("trk_{:016x}{:016x}", mix(seed), mix(seed ^ 1))
}

/// The finaliser of `SplitMix64`: each bit of the input changes half of the output.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A batch of 1000 events as the SDKs send them; `batch` makes the keys its own.
pub(crate) fn batch(name: &str, batch: u64, now_ms: i64) -> String {
    let events: Vec<String> = (0..1000_u64)
        .map(|n| {
            let position = usize::try_from(n % 4).unwrap_or(0);
            let (provider, model) = MODELS.get(position).copied().unwrap_or(("", ""));
            format!(
                r#"{{"eventType":"llm_call","metricName":"tokens","quantity":{},"eventTimestamp":{now_ms},"idempotencyKey":"{}","userId":"customer-{}","feature":"feature-{}","provider":"{provider}","model":"{model}","usage":{{"input":{},"cache_read":512,"output":{}}}}}"#,
                1000 + n,
                key(name, batch * 1000 + n),
                (batch * 1000 + n) * 7919 % 5000,
                n % 12,
                400 + n,
                88 + n % 100,
            )
        })
        .collect();
    format!(r#"{{"events":[{}]}}"#, events.join(","))
}
