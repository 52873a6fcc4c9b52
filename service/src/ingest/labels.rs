//! Texts to the small numbers that stand for them in this database.

use crate::sql::{Param, Sql, SqlError, Value};
use std::collections::HashMap;

/// The numbers of a request's texts.
pub(crate) struct Labels(HashMap<String, i64>);

impl Labels {
    /// Finds or makes the number of every text.
    pub(crate) fn resolve<'a>(
        sql: &dyn Sql,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Self, SqlError> {
        let mut known: HashMap<String, i64> = HashMap::new();
        for text in texts {
            if !known.contains_key(text) {
                known.insert(text.to_owned(), 0);
            }
        }
        look_up(sql, &mut known)?;
        let missing: Vec<&str> = known
            .iter()
            .filter(|(_, id)| **id == 0)
            .map(|(text, _)| text.as_str())
            .collect();
        if !missing.is_empty() {
            let list = serde_json::to_string(&missing).unwrap_or_default();
            sql.execute(
                "INSERT INTO label (text) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
                &[Param::Text(&list)],
            )?;
            look_up(sql, &mut known)?;
        }
        Ok(Self(known))
    }

    /// The number of a text; `None` for no text.
    pub(crate) fn id(&self, text: Option<&str>) -> Option<i64> {
        self.0.get(text?).copied()
    }
}

fn look_up(sql: &dyn Sql, known: &mut HashMap<String, i64>) -> Result<(), SqlError> {
    let open: Vec<&str> = known
        .iter()
        .filter(|(_, id)| **id == 0)
        .map(|(text, _)| text.as_str())
        .collect();
    let list = serde_json::to_string(&open).unwrap_or_default();
    let rows = sql.query(
        "SELECT text, id FROM label WHERE text IN (SELECT value FROM json_each(?))",
        &[Param::Text(&list)],
    )?;
    for row in rows {
        if let [Value::Text(text), Value::Integer(id)] = row.as_slice()
            && let Some(slot) = known.get_mut(text)
        {
            *slot = *id;
        }
    }
    Ok(())
}
