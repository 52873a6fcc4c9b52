//! `POST /v1/usage/events/batch`.

use super::ahead::{Ahead, write_later};
use super::detail::push_number;
use super::endpoint::{beyond_sums, conflict, tallied};
use super::reading::Reading;
use super::recorded::{Recorded, push_json, shown};
use crate::http::{ErrorBody, json_text};
use crate::router::{Answer, Call};
use crate::tenant::Stored;
use http::StatusCode;
use serde::Serialize;
use std::sync::Arc;

/// What became of one event: what was recorded, or what was wrong.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "BatchResult")
)]
struct ResultEntry<'a> {
    /// Its place in the batch, from 0.
    index: usize,
    #[serde(flatten)]
    recorded: Option<Recorded<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody<'a>>,
}

/// What became of a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct BatchAnswer<'a> {
    /// Events that were new.
    recorded_count: usize,
    /// Events that were recorded before.
    skipped_count: usize,
    /// Events that were refused.
    failed_count: usize,
    /// By the order they were sent in.
    results: Vec<ResultEntry<'a>>,
}

/// What one entry of an answer takes, about.
const EXPECTED_BYTES: usize = 384;

/// `POST /v1/usage/events/batch`
pub(super) fn record_batch(call: &Call<'_>) -> Answer {
    let own = call.tenant.own_prices(call.sql)?;
    let ahead = Ahead::of(call.request).filter(|_| own.is_none());
    let is_ahead = ahead.is_some();
    let reading = match ahead {
        Some(reading) => Arc::clone(reading),
        None => Arc::new(Reading::of(call.request.body(), call.ctx, own.as_deref())?),
    };
    let stored = if reading.accepted.is_empty() {
        Vec::new()
    } else {
        let now_ms = call.ctx.now_ms;
        call.tenant.store(call.sql, &reading.accepted, now_ms)?
    };
    let counts = counts(&reading, &stored);
    let status = match counts {
        [_, _, 0] => StatusCode::CREATED,
        _ => StatusCode::MULTI_STATUS,
    };
    let answered = if is_ahead {
        write_later(json_text(status, Vec::new()), reading, stored)
    } else {
        json_text(status, text(&reading, &stored))
    };
    Ok(tallied(answered, counts))
}

/// Events recorded, known before, and refused.
fn counts(reading: &Reading, stored: &[Stored]) -> [usize; 3] {
    let is_known = |stored: &&Stored| matches!(stored, Stored::Duplicate { .. });
    let is_new = |stored: &&Stored| matches!(stored, Stored::Recorded);
    let recorded = stored.iter().filter(is_new).count();
    let skipped = stored.iter().filter(is_known).count();
    [
        recorded,
        skipped,
        reading.outcomes.len() - recorded - skipped,
    ]
}

/// The answer's body, a [`BatchAnswer`].
pub(super) fn text(reading: &Reading, stored: &[Stored]) -> Vec<u8> {
    let (conflict, beyond_sums) = (conflict(), beyond_sums());
    let [recorded, skipped, failed] = counts(reading, stored);
    let mut out = String::with_capacity(64 + reading.outcomes.len() * EXPECTED_BYTES);
    for (name, count) in [
        ("{\"recordedCount\":", recorded),
        (",\"skippedCount\":", skipped),
        (",\"failedCount\":", failed),
    ] {
        out.push_str(name);
        push_number(&mut out, count);
    }
    out.push_str(",\"results\":[");
    for (index, outcome) in reading.outcomes.iter().enumerate() {
        let became = match outcome {
            Ok(place) => match (reading.accepted.get(*place), stored.get(*place)) {
                (Some(event), Some(Stored::Recorded)) => Ok(shown(event, event.at_ms, true)),
                (Some(event), Some(Stored::Duplicate { at_ms })) => Ok(shown(event, *at_ms, false)),
                (_, Some(Stored::BeyondSums)) => Err(&beyond_sums),
                (_, Some(Stored::Conflict) | None) | (None, _) => Err(&conflict),
            },
            Err(problem) => Err(problem),
        };
        out.push_str(if index == 0 {
            "{\"index\":"
        } else {
            ",{\"index\":"
        });
        push_number(&mut out, index);
        match became {
            Ok(recorded) => recorded.push_members(&mut out),
            Err(problem) => {
                out.push_str(",\"error\":");
                push_json(&mut out, &problem.body(None));
                out.push('}');
            }
        }
    }
    out.push_str("]}");
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Context, Settings};
    use serde_json::{Value, json};

    #[test]
    fn the_answer_is_as_it_is_described() {
        let settings = Settings::new(vec![vec![1; 32]], None, Vec::new()).unwrap();
        let ctx = Context {
            now_ms: 1_795_176_000_000,
            entropy: [7; 32],
            settings: &settings,
        };
        let event = r#"{"provider":"openai","model":"gpt-4o","usage":{"input":10},"userId":"a"}"#;
        let body = format!(r#"{{"events":[{event},{{}},{event},{event},{event}]}}"#);
        let reading = Reading::of(body.as_bytes(), &ctx, None).unwrap();
        let stored = [
            Stored::Recorded,
            Stored::Duplicate { at_ms: 5 },
            Stored::Conflict,
            Stored::BeyondSums,
        ];
        let answer: Value = serde_json::from_slice(&text(&reading, &stored)).unwrap();

        let [first, second, ..] = reading.accepted.as_slice() else {
            panic!("four are accepted");
        };
        let missing = reading.outcomes[1].as_ref().unwrap_err();
        let (conflict, beyond_sums) = (conflict(), beyond_sums());
        let recorded = [
            Some(shown(first, first.at_ms, true)),
            None,
            Some(shown(second, 5, false)),
            None,
            None,
        ];
        let errors = [
            None,
            Some(missing),
            None,
            Some(&conflict),
            Some(&beyond_sums),
        ];
        let entries = recorded.into_iter().zip(errors).enumerate();
        let results = entries.map(|(index, (recorded, error))| ResultEntry {
            index,
            recorded,
            error: error.map(|problem| problem.body(None)),
        });
        let described = BatchAnswer {
            recorded_count: 1,
            skipped_count: 1,
            failed_count: 3,
            results: results.collect(),
        };
        assert_eq!(answer, json!(described));
    }
}
