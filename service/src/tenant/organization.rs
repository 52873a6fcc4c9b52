//! What an organisation set for itself, remembered.

use crate::ledger::Calendar;
use crate::sql::{Param, Sql, SqlError, Value};
use std::rc::Rc;

/// The name of the setting that holds the IANA time zone.
pub(crate) const TIME_ZONE: &str = "timezone";
/// The name of the setting that holds the day of the month on which a period starts, 1 to 28.
pub(crate) const ANCHOR_DAY: &str = "period_anchor_day";
/// The name of the setting that holds the plan.
pub(crate) const PLAN: &str = "plan";

/// The plan of an organisation that has none: no limits.
pub(crate) const SELF_HOSTED: &str = "self_hosted";

/// What reports and limits ask of an organisation.
#[derive(Debug, Clone)]
pub(crate) struct OrganizationSettings {
    /// IANA, such as `Europe/Berlin`.
    pub(crate) time_zone: String,
    /// Its days and months.
    pub(crate) calendar: Rc<Calendar>,
    /// The day of the month on which a period starts, 1 to 28.
    pub(crate) anchor_day: i8,
    /// What its limits follow from.
    pub(crate) plan: String,
    /// A repricing is under way.
    pub(crate) repricing: bool,
}

impl OrganizationSettings {
    pub(super) fn read(sql: &dyn Sql) -> Result<Self, SqlError> {
        let mut settings = Self {
            time_zone: "UTC".to_owned(),
            calendar: Rc::new(Calendar::utc()),
            anchor_day: 1,
            plan: SELF_HOSTED.to_owned(),
            repricing: sql.count(
                "SELECT COUNT(*) FROM repricing WHERE status = 'running'",
                &[],
            )? > 0,
        };
        for row in sql.query("SELECT name, value FROM setting", &[])? {
            let Ok([Value::Text(name), Value::Text(value)]) = <[Value; 2]>::try_from(row) else {
                continue;
            };
            match name.as_str() {
                TIME_ZONE => {
                    if let Some(calendar) = Calendar::named(&value) {
                        settings.calendar = Rc::new(calendar);
                        settings.time_zone = value;
                    }
                }
                ANCHOR_DAY => settings.anchor_day = value.parse().unwrap_or(1),
                PLAN => settings.plan = value,
                _ => {}
            }
        }
        Ok(settings)
    }
}

/// Stores one setting.
pub(crate) fn write_setting(sql: &dyn Sql, name: &str, value: &str) -> Result<(), SqlError> {
    sql.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[Param::Text(name), Param::Text(value)],
    )
}
