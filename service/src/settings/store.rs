//! The settings as they are stored, and their copy in memory.

use crate::limits::Plan;
use crate::sql::{Param, Sql, SqlError, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// An organisation's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// An IANA name.
    pub(crate) time_zone: String,
    /// The day of the month on which a billing period begins, 1 to 28.
    pub(crate) period_anchor_day: i8,
    pub(crate) plan: Plan,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            period_anchor_day: 1,
            plan: Plan::default(),
        }
    }
}

/// The settings in memory.
#[derive(Debug, Default)]
pub(crate) struct SettingsCache(RefCell<Option<Rc<Settings>>>);

impl SettingsCache {
    /// The settings, read when they are not known.
    pub(crate) fn get(&self, sql: &dyn Sql) -> Result<Rc<Settings>, SqlError> {
        if let Some(known) = self.0.borrow().as_ref() {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(read(sql)?);
        *self.0.borrow_mut() = Some(Rc::clone(&read));
        Ok(read)
    }

    /// Has them read again: they were changed, or a change was undone.
    pub(crate) fn forget(&self) {
        *self.0.borrow_mut() = None;
    }
}

fn read(sql: &dyn Sql) -> Result<Settings, SqlError> {
    let mut settings = Settings::default();
    for row in sql.query("SELECT name, value FROM setting", &[])? {
        let [Value::Text(name), Value::Text(value)] = row.as_slice() else {
            continue;
        };
        match name.as_str() {
            "time_zone" => settings.time_zone.clone_from(value),
            "period_anchor_day" => settings.period_anchor_day = value.parse().unwrap_or(1),
            "plan" => settings.plan = Plan::parse(value).unwrap_or_default(),
            _ => {}
        }
    }
    Ok(settings)
}

/// Stores one setting.
pub(crate) fn write(sql: &dyn Sql, name: &str, value: &str) -> Result<(), SqlError> {
    sql.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[Param::Text(name), Param::Text(value)],
    )
}
