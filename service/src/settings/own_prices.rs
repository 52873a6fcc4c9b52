//! The organisation's own prices as events are priced by them: all entries of the tables, in memory.

use crate::sql::{Sql, SqlError, SqlErrorKind, Value};
use bearlumen_core::pricing::TenantPrices;
use serde_json::{Map, Value as Json, json};
use std::cell::RefCell;
use std::rc::Rc;

/// The own prices in memory.
#[derive(Debug, Default)]
pub(crate) struct OwnPrices(RefCell<Known>);

#[derive(Debug, Default)]
enum Known {
    #[default]
    NotYet,
    /// Most organisations have none.
    Read(Option<Rc<TenantPrices>>),
}

impl OwnPrices {
    /// The own prices, read when they are not known.
    pub(crate) fn get(&self, sql: &dyn Sql) -> Result<Option<Rc<TenantPrices>>, SqlError> {
        if let Known::Read(known) = &*self.0.borrow() {
            return Ok(known.clone());
        }
        let read = read(sql)?;
        *self.0.borrow_mut() = Known::Read(read.clone());
        Ok(read)
    }

    /// Has them read again: they were changed, or a change was undone.
    pub(crate) fn forget(&self) {
        *self.0.borrow_mut() = Known::NotYet;
    }
}

/// An entry of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) provider: Option<String>,
    pub(super) model: Option<String>,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    /// Rates as a JSON object, or a discount's percent.
    pub(super) value: String,
    pub(super) created_ms: i64,
}

/// What an entry holds. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rates = 0,
    Discount = 1,
}

/// All entries, oldest first.
pub(super) fn entries(sql: &dyn Sql) -> Result<Vec<Entry>, SqlError> {
    let rows = sql.query(
        "SELECT id, kind, provider, model, valid_from, valid_to, value, created_ms FROM own_price \
         ORDER BY created_ms, id",
        &[],
    )?;
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let entry = |row: &Vec<Value>| match row.as_slice() {
        [
            Value::Text(id),
            Value::Integer(kind),
            provider,
            model,
            from,
            to,
            Value::Text(value),
            Value::Integer(created_ms),
        ] => Some(Entry {
            id: id.clone(),
            kind: if *kind == 0 {
                Kind::Rates
            } else {
                Kind::Discount
            },
            provider: text(provider),
            model: text(model),
            valid_from: text(from),
            valid_to: text(to),
            value: value.clone(),
            created_ms: *created_ms,
        }),
        _ => None,
    };
    Ok(rows.iter().filter_map(entry).collect())
}

fn read(sql: &dyn Sql) -> Result<Option<Rc<TenantPrices>>, SqlError> {
    let entries = entries(sql)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let of = |kind: Kind| -> Vec<Json> {
        let wanted = entries.iter().filter(|entry| entry.kind == kind);
        wanted.map(Entry::as_priced).collect()
    };
    let text = json!({ "rates": of(Kind::Rates), "discounts": of(Kind::Discount) }).to_string();
    // Every entry was read so before it was stored.
    let prices = TenantPrices::from_json(&text).map_err(|error| SqlError {
        kind: SqlErrorKind::Other,
        message: format!("own prices: {error}"),
    })?;
    Ok(Some(Rc::new(prices)))
}

impl Entry {
    /// As the core reads it.
    pub(super) fn as_priced(&self) -> Json {
        let mut fields = Map::new();
        let mut put = |name: &str, value: &Option<String>| {
            if let Some(text) = value {
                fields.insert(name.to_owned(), Json::from(text.as_str()));
            }
        };
        put("provider", &self.provider);
        put("model", &self.model);
        put("from", &self.valid_from);
        put("to", &self.valid_to);
        match self.kind {
            Kind::Rates => {
                let rates = serde_json::from_str(&self.value).unwrap_or_default();
                fields.insert("usd".to_owned(), rates);
            }
            Kind::Discount => {
                fields.insert("times".to_owned(), Json::from(factor(&self.value)));
            }
        }
        Json::Object(fields)
    }
}

/// What is left of a price: `12.5` percent off is a factor of `0.875`. The text has at most four decimals.
fn factor(percent: &str) -> String {
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, ""));
    let parts = format!("{whole}{fraction:0<4}")
        .parse::<i64>()
        .unwrap_or_default();
    let left = 1_000_000 - parts;
    format!("{}.{:06}", left / 1_000_000, left % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_an_exact_factor() {
        for (percent, left) in [
            ("15", "0.850000"),
            ("12.5", "0.875000"),
            ("0.0001", "0.999999"),
            ("100", "0.000000"),
            ("33.3333", "0.666667"),
        ] {
            assert_eq!(factor(percent), left);
        }
    }
}
