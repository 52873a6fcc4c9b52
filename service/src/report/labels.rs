//! Between the numbers that rollups hold and the texts they stand for.

use crate::router::Call;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// So many labels are bound one by one, which is quicker than a list that has to be read.
const MAX_BOUND: usize = 32;

/// The texts of labels.
pub(crate) struct Texts(HashMap<i64, Rc<str>>);

impl Texts {
    /// Looks up all of `labels`, first in memory.
    pub(crate) fn of(
        call: &Call<'_>,
        labels: impl IntoIterator<Item = i64>,
    ) -> Result<Self, SqlError> {
        let mut wanted: Vec<i64> = labels.into_iter().filter(|label| *label != 0).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut texts = HashMap::with_capacity(wanted.len());
        wanted.retain(|label| {
            let known = call.tenant.shown_text(*label);
            let is_open = known.is_none();
            texts.extend(known.map(|text| (*label, text)));
            is_open
        });
        if wanted.is_empty() {
            return Ok(Self(texts));
        }
        let rows = if wanted.len() <= MAX_BOUND {
            by_bound(call.sql, &wanted)?
        } else {
            let list = format!("{wanted:?}");
            call.sql.query(
                "SELECT label.id, label.text FROM json_each(?) AS wanted JOIN label ON label.id = wanted.value",
                &[Param::Text(&list)],
            )?
        };
        for row in rows {
            if let Ok([Value::Integer(id), Value::Text(text)]) = <[Value; 2]>::try_from(row) {
                let text = Rc::from(text);
                call.tenant.keep_shown_text(id, &text);
                texts.insert(id, text);
            }
        }
        Ok(Self(texts))
    }

    /// A label's text; `None` for 0, which stands for none.
    pub(crate) fn get(&self, label: i64) -> Option<&str> {
        self.0.get(&label).map(Rc::as_ref)
    }

    /// The same to keep.
    pub(crate) fn owned(&self, label: i64) -> Option<String> {
        self.get(label).map(str::to_owned)
    }
}

/// With one statement for each power of two, so that few of them are prepared.
fn by_bound(sql: &dyn Sql, wanted: &[i64]) -> Result<Vec<Row>, SqlError> {
    let places = wanted.len().next_power_of_two();
    let last = wanted.last().copied().unwrap_or(0);
    let ids = wanted.iter().copied().chain(std::iter::repeat(last));
    let params: Vec<Param<'_>> = ids.take(places).map(Param::Integer).collect();
    let marks = vec!["?"; places].join(", ");
    let statement = format!("SELECT id, text FROM label WHERE id IN ({marks})");
    sql.query(&statement, &params)
}

/// The number of a text, if any event ever had it.
pub(crate) fn find(sql: &dyn Sql, text: &str) -> Result<Option<i64>, SqlError> {
    let rows = sql.query("SELECT id FROM label WHERE text = ?", &[Param::Text(text)])?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(id)]) => Some(*id),
        _ => None,
    })
}
