//! Rows of `rollup` in memory.

use crate::sql::Value;

/// A row of `rollup`, in what reports show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptRow {
    pub(crate) a: i64,
    pub(crate) b: i64,
    pub(crate) events: i64,
    pub(crate) unpriced: i64,
    pub(crate) estimated: i64,
    pub(crate) cost_nanos: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
}

/// By kind, grain and slots. Amounts and tokens come as text: beyond 2^53 a JavaScript host could not carry them as
/// numbers.
pub(super) const READ: &str = "SELECT slot, a, b, events, unpriced, estimated, CAST(cost_nanos AS TEXT), \
     CAST(input_tokens AS TEXT), CAST(output_tokens AS TEXT) FROM rollup \
     WHERE kind = ? AND grain = ? AND slot >= ? AND slot < ?";

impl KeptRow {
    /// What [`READ`] answers, with its slot.
    pub(super) fn read(row: &[Value]) -> Option<(i64, Self)> {
        let mut columns = row.iter().map(|value| match value {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        });
        let mut next = || columns.next().flatten();
        let slot = next()?;
        let row = Self {
            a: next()?,
            b: next()?,
            events: next()?,
            unpriced: next()?,
            estimated: next()?,
            cost_nanos: next()?,
            input_tokens: next()?,
            output_tokens: next()?,
        };
        Some((slot, row))
    }
}
