//! `GET` and `PATCH /v1/settings`.

use super::record_change;
use crate::http::{Problem, json, read_body};
use crate::ledger::Calendar;
use crate::limits::Plan;
use crate::organization::{find_organization, rename_organization};
use crate::router::{Answer, Call};
use crate::tenant::organization::{ANCHOR_DAY, OrganizationSettings, write_setting};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// The settings as they are shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "Settings")
)]
pub(crate) struct Shown<'a> {
    /// What the organisation calls itself.
    name: &'a str,
    /// An IANA name such as `Europe/Berlin`. Dates in requests and days and months in reports are its.
    timezone: &'a str,
    /// The day of the month on which a billing period begins, 1 to 28.
    period_anchor_day: i8,
    /// Set by the operator.
    plan: &'static str,
    /// Requests a minute that the plan allows each key; null for no limit.
    requests_per_minute: Option<i64>,
    /// Requests that the plan allows each key at once, after a pause; null for no limit.
    burst: Option<i64>,
}

/// Settings to be changed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "SettingsChange")
)]
pub(super) struct Change {
    /// What the organisation calls itself, 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 200)))]
    name: Option<String>,
    /// An IANA name such as `Europe/Berlin`.
    timezone: Option<String>,
    /// The day of the month on which a billing period begins, 1 to 28.
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = 28)))]
    period_anchor_day: Option<i8>,
}

/// `GET /v1/settings`
pub(super) fn show(call: &Call<'_>) -> Answer {
    let settings = call.tenant.organization(call.sql)?;
    answer(call, &settings)
}

fn answer(call: &Call<'_>, settings: &OrganizationSettings) -> Answer {
    let organization = find_organization(call.sql)?
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, "No such organization"))?;
    Ok(json(StatusCode::OK, &shown(&organization.name, settings)))
}

/// The settings of an organisation called `name`.
pub(crate) fn shown<'a>(name: &'a str, settings: &'a OrganizationSettings) -> Shown<'a> {
    let plan = Plan::parse(&settings.plan).unwrap_or_default();
    let rate = plan.rate();
    Shown {
        name,
        timezone: &settings.time_zone,
        period_anchor_day: settings.anchor_day,
        plan: plan.as_str(),
        requests_per_minute: rate.map(|rate| rate.per_minute),
        burst: rate.map(|rate| rate.burst),
    }
}

/// `PATCH /v1/settings`
pub(super) fn change(call: &Call<'_>) -> Answer {
    let change: Change = read_body(call.request.body())?;
    if let Some(name) = &change.name
        && (name.trim().is_empty() || name.chars().count() > 200)
    {
        return Err(Problem::invalid(
            "name",
            "Invalid name: expected 1 to 200 characters",
        ));
    }
    if change
        .period_anchor_day
        .is_some_and(|day| !(1..=28).contains(&day))
    {
        return Err(Problem::invalid(
            "periodAnchorDay",
            "Invalid periodAnchorDay: expected a day from 1 to 28, which every month has",
        ));
    }
    let zone = change.timezone.as_deref().map(zone_called).transpose()?;
    let mut details = Map::new();
    call.tenant.transaction(call.sql, &mut || {
        if let Some(name) = &change.name {
            rename_organization(call.sql, name)?;
            details.insert("name".into(), Json::from(name.as_str()));
        }
        if let Some(day) = change.period_anchor_day {
            write_setting(call.sql, ANCHOR_DAY, &day.to_string())?;
            details.insert("periodAnchorDay".into(), Json::from(day));
        }
        if let Some(zone) = &zone {
            call.tenant.set_time_zone(call.sql, zone)?;
            details.insert("timezone".into(), Json::from(zone.as_str()));
        }
        if details.is_empty() {
            return Ok(());
        }
        record_change(
            call,
            "settings.change",
            call.organization.as_str(),
            &Json::Object(details.clone()),
        )
    })?;
    call.tenant.forget_organization();
    show(call)
}

/// The time zone's name as the database spells it.
fn zone_called(name: &str) -> Result<String, Problem> {
    Calendar::named(name)
        .and_then(|calendar| calendar.zone().iana_name().map(str::to_owned))
        .ok_or_else(|| {
            Problem::invalid(
                "timezone",
                "Invalid timezone: expected an IANA name such as Europe/Berlin",
            )
        })
}
