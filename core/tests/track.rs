//! What `track()` sends is priced by the service as the caller was told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use bearlumen_core::bucket::Bucket;
use bearlumen_core::call::Meter;
use bearlumen_core::event::{parse_event, price_event};
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::{Basis, Cost};
use bearlumen_core::quantity::Quantity;
use bearlumen_core::response::parse_json;
use bearlumen_core::track::{Subject, TrackOptions, track};
use bearlumen_core::usage::Usage;

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

#[test]
fn what_the_caller_knows_of_the_price_counts_on_both_sides_unless_the_response_says_it() {
    let flex = || TrackOptions {
        modifiers: vec![("service_tier".to_owned(), "flex".to_owned())],
        ..TrackOptions::default()
    };
    let body = |tier: &str| {
        format!(
            r#"{{"object":"chat.completion","model":"gpt-5-mini",{tier}"choices":[],"usage":{{"prompt_tokens":1000000,"completion_tokens":0,"total_tokens":1000000}}}}"#
        )
    };
    let (silent, stated) = (body(""), body(r#""service_tier":"default","#));
    let half = Some(125_000_000);
    assert_eq!(amounts(&response(&silent), flex()), (half, half));
    let whole = Some(250_000_000);
    assert_eq!(amounts(&response(&stated), flex()), (whole, whole));
}

#[test]
fn metadata_that_an_sdk_stopped_writing_is_called_too_long() {
    let whole = format!(r#"{{"a":"{}"}}"#, "x".repeat(20_000));
    for metadata in [whole.as_str(), whole.get(..12_000).unwrap()] {
        let options = TrackOptions {
            metadata: Some(metadata.to_owned()),
            ..TrackOptions::default()
        };
        let tracked = track(&mut Meter::new(), &response("{}"), options, NOW_MS, [7; 16]);
        let said = |message: &str| message.ends_with("expected at most 10240 bytes of JSON");
        assert!(
            tracked
                .warnings
                .iter()
                .any(|warning| said(&warning.message))
        );
    }
}

#[test]
fn a_floor_stays_one_when_the_caller_adds_units() {
    let body = r#"{"object":"response","model":"gpt-5-nano","output":[{"type":"image_generation_call","status":"completed"}],"usage":{"input_tokens":10,"output_tokens":10,"total_tokens":20}}"#;
    let mut units = Usage::default();
    units.add(Bucket::named("web_search"), Quantity::ONE);
    for units in [Usage::default(), units] {
        let options = TrackOptions {
            units,
            ..TrackOptions::default()
        };
        let tracked = track(&mut Meter::new(), &response(body), options, NOW_MS, [7; 16]);
        let event = parse_event(std::str::from_utf8(&tracked.event).unwrap()).unwrap();
        assert_eq!(tracked.cost.basis, Basis::Estimated);
        assert_eq!(price_event(&event, NOW_MS).basis, Basis::Estimated);
    }
}

#[test]
fn several_models_cost_what_their_events_cost_with_units_too() {
    let part = |model: &str| {
        format!(
            r#"{{"model":"{model}","usage":{{"prompt_tokens":1000000,"completion_tokens":0,"total_tokens":1000000}}}}"#
        )
    };
    let body = format!(
        r#"{{"object":"chat.completion","model":"openai/gpt-oss-120b","choices":[],"usage_breakdown":{{"models":[{},{}]}},"usage":{{"prompt_tokens":2000000,"completion_tokens":0,"total_tokens":2000000}}}}"#,
        part("llama-3.3-70b-versatile"),
        part("openai/gpt-oss-120b")
    );
    let mut units = Usage::default();
    units.add(Bucket::named("web_search"), Quantity::ONE);
    for units in [Usage::default(), units] {
        let options = TrackOptions {
            units,
            provider: Some("groq".to_owned()),
            ..TrackOptions::default()
        };
        let mut tracked = track(
            &mut Meter::new(),
            &response(&body),
            options,
            NOW_MS,
            [7; 16],
        );
        let told = tracked.cost.amount.map(Nanos::get);
        let events: Vec<Vec<u8>> = tracked.take_events().collect();
        let costs = events.iter().filter_map(|event| {
            let event = parse_event(std::str::from_utf8(event).unwrap()).unwrap();
            price_event(&event, NOW_MS).amount.map(Nanos::get)
        });
        assert_eq!(told, Some(costs.sum()), "{} events", events.len());
    }
}
