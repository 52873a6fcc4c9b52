//! The question and the answer as JSON, the same in every language.

use super::budget::{Budget, Course, course};
use super::judge::{Care, LEAST_DAYS, Subject, judge};
use super::{Alert, Severity};
use crate::event::FieldError;
use crate::forecast::{DailyCosts, range_json};
use crate::money::Nanos;
use crate::order;
use crate::question::{self, Fields};
use serde_json::{Value, json};

/// The most series of one question.
const MAX_SERIES: usize = 2_000;

/// A cent: smaller differences are not told unless asked for.
const CENT: i64 = 10_000_000;

/// Answers
/// `{"series": [{"kind": "model", "value": "gpt-4o", "start": "2026-10-01", "dailyNanos": […]}, …],
/// "unpriced": [{"provider", "model", "firstSeen": date, "events"}, …],
/// "budget": {"nanos", "until": date, "spentNanos", "todayNanos"?, "kind"?, "value"?, "series": {"start", "dailyNanos"}},
/// "checkDays": 1, "leastNanos": …}`
/// with `{"alerts": [{type, level, message, …}], "budget", "checked", "skipped"}`, the weightiest alerts first.
///
/// Days are whole and consecutive. `checkDays` (1 to 7) is how many of the latest days are held against what the days
/// before them let expect; `leastNanos` (a cent by default) is the smallest difference worth telling. A budget's `series`
/// ends the day before today, `spentNanos` is what the period has cost up to then and `todayNanos` what today has so far;
/// `kind` and `value` say what it is for where it is not for everything.
pub fn anomalies_json(question: &str) -> Result<String, FieldError> {
    let value = question::parse(question)?;
    let known = ["series", "unpriced", "budget", "checkDays", "leastNanos"];
    let fields = Fields::of(&value, "", &known)?;
    let check_days = match fields.whole("checkDays")? {
        None => 1,
        Some(days) => usize::try_from(days)
            .ok()
            .filter(|days| (1..=7).contains(days))
            .ok_or_else(|| fields.wrong("checkDays", "a whole number from 1 to 7"))?,
    };
    let care = Care {
        check_days,
        least: fields.nanos("leastNanos")?.map_or(CENT, Nanos::get),
    };
    let mut alerts = unpriced(&fields)?;
    let mut skipped = Vec::new();
    let known = ["kind", "value", "start", "dailyNanos"];
    let subjects = fields.objects("series", MAX_SERIES, &known)?;
    for of_subject in &subjects {
        let subject = Subject {
            kind: of_subject.needed_text("kind")?,
            value: of_subject.text("value")?.unwrap_or_default(),
            days: DailyCosts::read(of_subject)?,
        };
        match judge(&subject, care) {
            Some(found) => alerts.extend(found),
            None => skipped.push(json!({
                "kind": subject.kind,
                "value": subject.value,
                "reason": format!("needs more than {LEAST_DAYS} days from the first cost on"),
            })),
        }
    }
    let budget = budget(&fields)?.map(|(budget, mut course)| {
        alerts.extend(course.alert.take());
        budget_json(&budget, &course)
    });
    order::by_key(&mut alerts, |alert| alert.severity);
    let answer = json!({
        "alerts": alerts.iter().map(alert_json).collect::<Vec<_>>(),
        "budget": budget,
        "checked": subjects.len() - skipped.len(),
        "skipped": skipped,
    });
    Ok(answer.to_string())
}

/// Calls without a price: whatever sums say of them is a floor.
fn unpriced(fields: &Fields<'_>) -> Result<Vec<Alert>, FieldError> {
    let known = ["provider", "model", "firstSeen", "events"];
    let mut alerts = Vec::new();
    for of_model in fields.objects("unpriced", MAX_SERIES, &known)? {
        let model = of_model.text("model")?.unwrap_or("a call without a model");
        let from = of_model
            .text("provider")?
            .map_or_else(String::new, |provider| format!(" from {provider}"));
        let events = of_model.whole("events")?.unwrap_or(1);
        let date = of_model.date("firstSeen")?;
        let since = date.map_or_else(String::new, |date| format!(" since {date}"));
        let (calls, have) = if events == 1 {
            ("call", "has")
        } else {
            ("calls", "have")
        };
        alerts.push(Alert {
            code: "unpriced",
            severity: Severity::Warning,
            message: format!(
                "{events} {calls} of {model}{from}{since} {have} no price: totals are a floor"
            ),
            about: Some(("model".to_owned(), model.to_owned())),
            date,
            figures: None,
        });
    }
    Ok(alerts)
}

fn budget(fields: &Fields<'_>) -> Result<Option<(Budget, Course)>, FieldError> {
    let Some(value) = fields.value("budget") else {
        return Ok(None);
    };
    let known = [
        "nanos",
        "until",
        "spentNanos",
        "todayNanos",
        "kind",
        "value",
        "series",
    ];
    let of_budget = Fields::of(value, "budget", &known)?;
    let missing =
        |name: &str, expected: &str| FieldError::missing(&of_budget.place(name), expected);
    let nanos = of_budget
        .nanos("nanos")?
        .ok_or_else(|| missing("nanos", "whole nano-dollars"))?;
    let until = of_budget
        .date("until")?
        .ok_or_else(|| missing("until", "the last day, such as 2026-01-31"))?;
    let spent = of_budget
        .nanos("spentNanos")?
        .ok_or_else(|| missing("spentNanos", "whole nano-dollars"))?;
    let series = of_budget
        .value("series")
        .ok_or_else(|| missing("series", "an object with start and dailyNanos"))?;
    let series = Fields::of(series, "budget.series", &["start", "dailyNanos"])?;
    let budget = Budget {
        nanos: nanos.get(),
        until,
        spent: spent.get(),
        today: of_budget.nanos("todayNanos")?.map_or(0, Nanos::get),
        about: match of_budget.text("kind")? {
            Some(kind) => Some((kind.to_owned(), of_budget.needed_text("value")?.to_owned())),
            None => None,
        },
    };
    let course = course(&DailyCosts::read(&series)?, &budget);
    Ok(Some((budget, course)))
}

fn budget_json(budget: &Budget, course: &Course) -> Value {
    json!({
        "budgetNanos": budget.nanos.to_string(),
        "spentNanos": budget.spent.saturating_add(budget.today).to_string(),
        "until": budget.until.to_string(),
        "period": course.period.map(range_json),
        "exhaustedOn": course.exhausted_on.map(|date| date.to_string()),
    })
}

/// Every field stands in every alert, so that no reader has to ask which ones there are.
fn alert_json(alert: &Alert) -> Value {
    let (kind, value) = alert.about.clone().unzip();
    let actual = alert.figures.map(|(actual, _)| actual);
    let expected = alert.figures.map(|(_, expected)| range_json(expected));
    json!({
        "type": alert.code,
        "level": alert.severity.as_str(),
        "message": alert.message,
        "kind": kind,
        "value": value,
        "date": alert.date.map(|date| date.to_string()),
        "actual": actual.map(Nanos::new),
        "actualNanos": actual.map(|nanos| nanos.to_string()),
        "expected": expected,
    })
}
