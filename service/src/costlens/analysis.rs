//! `POST /cost-analysis` and `GET /cost-analysis`: what calls cost by class of token, and what they would have cost
//! otherwise. Nothing is recorded.

use super::advice::savings;
use super::days::{Days, date_text, instant};
use super::run::{Run, body};
use super::sums::{Cost, broken, buckets, by_model};
use crate::http::{Problem, json};
use crate::report::{count, dollars};
use crate::router::{Answer, Call};
use bearlumen_core::bucket::Side;
use bearlumen_core::counterfactual::savings_json_by;
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json as value};
use std::collections::BTreeMap;

/// Runs that are analysed at a time.
const MAX_RUNS: usize = 1000;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Analysed {
    success: bool,
    analysis: Analysis,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Analysis {
    runs: i64,
    /// US dollars, as far as they are known; null when nothing has a price.
    total_cost: Option<f64>,
    /// Runs without a price, which the cost lacks.
    unpriced_runs: i64,
    total_tokens: i64,
    /// Classes of tokens and of other things that are paid for, the dearest first.
    by_class: Vec<Class>,
    /// US dollars that are of no class: of runs that came with a cost of their own.
    unattributed_cost: f64,
    /// What the same would have cost otherwise, the greatest saving first: sentences, sums, assumptions.
    alternatives: Value,
    /// The range of days, where recorded runs were analysed.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Class {
    /// `input`, `cache_read`, `output`, …
    class: String,
    quantity: i64,
    /// US dollars; null when it is unknown, of runs without a price or with a cost of their own.
    cost: Option<f64>,
}

/// `GET /cost-analysis`
pub(super) fn of_days(call: &Call<'_>) -> Answer {
    let days = Days::asked(call)?;
    let mut total = Cost::default();
    for cost in by_model(call.sql, days)?.into_values() {
        total.add(cost);
    }
    let mut classes = Classes::default();
    for of in buckets(call.sql, days)? {
        classes.add(&of.bucket, of.micros, of.nanos);
    }
    let alternatives = savings(call, days)?;
    Ok(analysed(total, classes, &alternatives, Some(days)))
}

/// `POST /cost-analysis`
pub(super) fn of_runs(call: &Call<'_>) -> Answer {
    let body = body(call)?;
    let single;
    let sent = match body.get("runs") {
        Some(Value::Array(runs)) if !runs.is_empty() && runs.len() <= MAX_RUNS => runs.as_slice(),
        Some(_) => {
            let message = format!("Invalid runs: expected a list of 1 to {MAX_RUNS} runs");
            return Err(Problem::invalid("runs", message));
        }
        None => {
            single = [Value::Object(body)];
            &single
        }
    };
    let mut total = Cost::default();
    let mut classes = Classes::default();
    let mut events = Vec::with_capacity(sent.len());
    let own = call.tenant.own_prices(call.sql)?;
    for (position, value) in sent.iter().enumerate() {
        let (run, event) = Run::read(value, call, position as u64, own.as_deref())?;
        total.add(Cost {
            events: 1,
            unpriced: i64::from(event.cost.amount.is_none()),
            nanos: event
                .cost
                .amount
                .map_or(0, |amount| i128::from(amount.get())),
        });
        let mut used = Map::new();
        event.buckets(|bucket, quantity, nanos| {
            let micros = i128::from(quantity.micros());
            classes.add(bucket.id(), micros, i128::from(nanos));
            let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            used.insert(bucket.id().to_owned(), text.into());
        });
        events.push(value!({
            "provider": run.provider,
            "model": run.model,
            "at": instant(event.at_ms),
            "costNanos": event.cost.amount.map(|amount| amount.get().to_string()),
            "buckets": used,
        }));
    }
    let question = value!({"events": events, "at": instant(call.ctx.now_ms)});
    let answer = savings_json_by(&question.to_string(), own.as_deref())?;
    let alternatives: Value = serde_json::from_str(&answer).map_err(|_| broken())?;
    Ok(analysed(total, classes, &alternatives, None))
}

/// Quantity in millionths and cost in nano-dollars, by class.
#[derive(Default)]
struct Classes(BTreeMap<String, (i128, i128)>);

impl Classes {
    fn add(&mut self, class: &str, micros: i128, nanos: i128) {
        let sums = self.0.entry(class.to_owned()).or_default();
        sums.0 += micros;
        sums.1 += nanos;
    }

    fn tokens(&self) -> i128 {
        let is_token =
            |name: &str| bearlumen_core::bucket::Bucket::named(name).side() != Side::Other;
        let of_tokens = self.0.iter().filter(|(name, _)| is_token(name));
        of_tokens.map(|(_, (micros, _))| micros / 1_000_000).sum()
    }

    fn nanos(&self) -> i128 {
        self.0.values().map(|(_, nanos)| nanos).sum()
    }

    /// `knows_all`: what costs nothing here is free.
    fn shown(self, knows_all: bool) -> Vec<Class> {
        let mut classes: Vec<(String, (i128, i128))> = self.0.into_iter().collect();
        order::by_key(&mut classes, |(_, (_, nanos))| std::cmp::Reverse(*nanos));
        classes
            .into_iter()
            .map(|(class, (micros, nanos))| Class {
                class,
                quantity: count(micros / 1_000_000),
                cost: (knows_all || nanos != 0).then(|| dollars(nanos)),
            })
            .collect()
    }
}

fn analysed(
    total: Cost,
    classes: Classes,
    alternatives: &Value,
    days: Option<Days>,
) -> http::Response<Vec<u8>> {
    let alternatives = alternatives.get("recommendations");
    // A cost is rounded once, each of its lines for itself.
    let rounded = i128::from(total.events) * classes.0.len() as i128;
    let unattributed = total.nanos - classes.nanos();
    let unattributed = if unattributed.abs() <= rounded {
        0
    } else {
        unattributed
    };
    json(
        StatusCode::OK,
        &Analysed {
            success: true,
            analysis: Analysis {
                runs: total.events,
                total_cost: total.known().map(dollars),
                unpriced_runs: total.unpriced,
                total_tokens: count(classes.tokens()),
                by_class: classes.shown(total.unpriced == 0 && unattributed == 0),
                unattributed_cost: dollars(unattributed),
                alternatives: alternatives.cloned().unwrap_or(Value::Null),
                start_date: days.map(|days| date_text(days.first)),
                end_date: days.map(|days| date_text(days.last)),
            },
        },
    )
}
