//! Brings a database to the current schema, one numbered file at a time.

use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};

/// Numbered from 1. A file that was ever released is never edited; a change is a new file.
const MIGRATIONS: [&str; 11] = [
    include_str!("../migrations/0001_ledger.sql"),
    include_str!("../migrations/0002_engine.sql"),
    include_str!("../migrations/0003_dimensions.sql"),
    include_str!("../migrations/0004_accounts.sql"),
    include_str!("../migrations/0005_costlens.sql"),
    include_str!("../migrations/0006_months.sql"),
    include_str!("../migrations/0007_routing.sql"),
    include_str!("../migrations/0008_budgets.sql"),
    include_str!("../migrations/0009_blocks.sql"),
    include_str!("../migrations/0010_counts.sql"),
    include_str!("../migrations/0011_runs.sql"),
];

/// Applies what the database lacks. Each migration takes effect whole or not at all. A database that a newer version has
/// changed is refused: this one would write into it without what the newer one keeps.
pub fn migrate(sql: &dyn Sql, now_ms: i64) -> Result<(), SqlError> {
    sql.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, applied_ms INTEGER NOT NULL) STRICT",
        &[],
    )?;
    let rows = sql.query("SELECT MAX(number) FROM migration", &[])?;
    let applied = match rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(number)) => usize::try_from(*number).unwrap_or(0),
        _ => 0,
    };
    if applied > MIGRATIONS.len() {
        let known = MIGRATIONS.len();
        return Err(SqlError {
            kind: SqlErrorKind::Other,
            message: format!(
                "a newer version of Bear Lumen has changed it (to schema {applied}; this version knows {known})"
            ),
        });
    }
    for (position, text) in MIGRATIONS.iter().enumerate().skip(applied) {
        let number = i64::try_from(position + 1).unwrap_or(i64::MAX);
        sql.transaction(&mut || {
            for statement in statements(text) {
                sql.execute(&statement, &[])?;
            }
            sql.execute(
                "INSERT INTO migration (number, applied_ms) VALUES (?, ?)",
                &[Param::Integer(number), Param::Integer(now_ms)],
            )
        })?;
    }
    Ok(())
}

/// The statements of a file, without its comments. Migrations hold no text with a semicolon or a double dash.
fn statements(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let bare = lines.collect::<Vec<_>>().join("\n");
    bare.split(';')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}
