//! The question and the answer as JSON, the same in every language.

use super::interval::Level;
use super::project::{Forecast, Range, forecast};
use super::series::DailyCosts;
use super::{MAX_HORIZON_DAYS, MIN_DAYS};
use crate::event::FieldError;
use crate::money::Nanos;
use crate::question::{self, Fields};
use serde_json::{Map, Value, json};

/// Answers
/// `{"start": "2026-10-01", "dailyNanos": [whole nano-dollars, one a day], "horizonDays": 30, "level": 80}`.
///
/// The days are whole and consecutive. `horizonDays` (1 to 90, default 30) and `level` (50, 80, 90, 95 or 99 per cent,
/// default 80) may be absent. Amounts come as dollars and, exactly, as decimal text of nano-dollars.
pub fn forecast_json(question: &str) -> Result<String, FieldError> {
    let value = question::parse(question)?;
    let fields = Fields::of(&value, "", &["start", "dailyNanos", "horizonDays", "level"])?;
    let series = DailyCosts::read(&fields)?;
    let horizon = match fields.whole("horizonDays")? {
        None => 30,
        Some(days) => usize::try_from(days)
            .ok()
            .filter(|days| (1..=MAX_HORIZON_DAYS).contains(days))
            .ok_or_else(|| fields.wrong("horizonDays", "a whole number from 1 to 90"))?,
    };
    let level = match fields.whole("level")? {
        None => Level::P80,
        Some(percent) => Level::of_percent(percent)
            .ok_or_else(|| fields.wrong("level", "one of 50, 80, 90, 95, 99"))?,
    };
    let answer = forecast(&series, horizon, level);
    Ok(answer_json(&answer, series.nanos.len(), horizon, level).to_string())
}

/// The answer's JSON.
pub(crate) fn answer_json(answer: &Forecast, days: usize, horizon: usize, level: Level) -> Value {
    let mut json = Map::new();
    json.insert("historyDays".to_owned(), days.into());
    json.insert("horizonDays".to_owned(), horizon.into());
    json.insert("level".to_owned(), level.percent().into());
    match answer {
        Forecast::TooLittleData(known) => {
            json.insert("status".to_owned(), "too_little_data".into());
            let reason = format!(
                "A forecast needs {MIN_DAYS} days from the first cost on; there are {known}"
            );
            json.insert("reason".to_owned(), reason.into());
            for name in [
                "projected",
                "next7Days",
                "next30Days",
                "confidence",
                "trend",
            ] {
                json.insert(name.to_owned(), Value::Null);
            }
            json.insert("factors".to_owned(), json!([]));
            json.insert("daily".to_owned(), json!([]));
        }
        Forecast::Projected(projection) => {
            json.insert("status".to_owned(), "ok".into());
            json.insert("reason".to_owned(), Value::Null);
            json.insert("projected".to_owned(), range_json(projection.total).into());
            json.insert(
                "next7Days".to_owned(),
                range_json(projection.next_7_days).into(),
            );
            json.insert(
                "next30Days".to_owned(),
                range_json(projection.next_30_days).into(),
            );
            json.insert("confidence".to_owned(), projection.confidence.into());
            json.insert("trend".to_owned(), projection.trend.as_str().into());
            json.insert("factors".to_owned(), json!(projection.factors));
            let ahead = DailyCosts {
                start: projection.start,
                nanos: Vec::new(),
            };
            let day = |(index, of_day): (usize, &Range)| {
                let mut json = range_json(*of_day);
                json.insert("date".to_owned(), ahead.date(index).to_string().into());
                Value::Object(json)
            };
            let daily: Vec<Value> = projection.daily.iter().enumerate().map(day).collect();
            json.insert("daily".to_owned(), daily.into());
        }
    }
    Value::Object(json)
}

/// An amount and its interval, as dollars and as nano-dollars.
pub(crate) fn range_json(range: Range) -> Map<String, Value> {
    let mut json = Map::new();
    for (name, nanos) in [
        ("cost", range.expected),
        ("low", range.low),
        ("high", range.high),
    ] {
        json.insert(name.to_owned(), Nanos::new(nanos).to_usd_f64().into());
        json.insert(format!("{name}Nanos"), nanos.to_string().into());
    }
    json
}
