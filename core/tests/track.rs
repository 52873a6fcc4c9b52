//! What `track()` sends is priced by the service as the caller was told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use bearlumen_core::call::Meter;
use bearlumen_core::event::{parse_event, price_event};
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::Cost;
use bearlumen_core::response::parse_json;
use bearlumen_core::track::{Subject, TrackOptions, track};

const NOW_MS: i64 = 1_795_132_800_000;

/// The amounts that the caller and the service see, in nano-dollars.
fn amounts(subject: &Subject<'_>, options: TrackOptions) -> (Option<i64>, Option<i64>) {
    let tracked = track(&mut Meter::new(), subject, options, NOW_MS, [7; 16]);
    let event = parse_event(std::str::from_utf8(&tracked.event).unwrap()).unwrap();
    let nanos = |cost: Cost| cost.amount.map(Nanos::get);
    (nanos(tracked.cost), nanos(price_event(&event, NOW_MS)))
}

fn response(body: &str) -> Subject<'_> {
    Subject::Response(parse_json(body.as_bytes()))
}

#[test]
fn the_service_prices_what_the_caller_was_told() {
    let body = r#"{"model":"gpt-4o","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":10,"total_tokens":1010}}"#;
    let expected = Some(2_600_000);
    assert_eq!(
        amounts(&response(body), TrackOptions::default()),
        (expected, expected)
    );
}

#[test]
fn a_response_without_usage_costs_nobody_knows_what_on_both_sides() {
    let body = r#"{"object":"chat.completion","model":"gpt-4o","choices":[],"usage":null}"#;
    assert_eq!(
        amounts(&response(body), TrackOptions::default()),
        (None, None)
    );
}

#[test]
fn a_response_that_cannot_be_read_costs_nobody_knows_what_on_both_sides() {
    let options = TrackOptions {
        model: Some("gpt-4o".to_owned()),
        provider: Some("openai".to_owned()),
        ..TrackOptions::default()
    };
    for body in ["{", "[]", r#"{"hello":"world"}"#] {
        assert_eq!(
            amounts(&response(body), options.clone()),
            (None, None),
            "{body}"
        );
    }
}

#[test]
fn a_response_of_no_tokens_costs_nothing_on_both_sides() {
    let body = r#"{"type":"message","id":"msg_01","model":"claude-sonnet-4-6","usage":{"input_tokens":0,"output_tokens":0}}"#;
    assert_eq!(
        amounts(&response(body), TrackOptions::default()),
        (Some(0), Some(0))
    );
}
