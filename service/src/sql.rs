//! The one thing the service asks of a host: a private SQLite database with transactions.

use std::fmt::Write as _;

/// A value bound to a `?` placeholder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Param<'a> {
    /// SQL `NULL`.
    Null,
    /// A 64-bit integer. A host that can only pass doubles must pass it as text when it is beyond 2^53.
    Integer(i64),
    /// A double. Never money.
    Real(f64),
    /// UTF-8 text.
    Text(&'a str),
}

impl<'a> Param<'a> {
    /// A text that may be absent.
    pub fn of(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// A value read from a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A 64-bit integer. Queries read what may pass 2^53 as text, since a JavaScript host cannot carry it.
    Integer(i64),
    /// A double.
    Real(f64),
    /// UTF-8 text.
    Text(String),
}

/// One result row, its columns in the order of the `SELECT`.
pub type Row = Vec<Value>;

/// Why a statement failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlErrorKind {
    /// A `UNIQUE`, `CHECK` or type constraint refused the row.
    Constraint,
    /// Another connection held the database for too long; the same call may succeed later.
    Busy,
    /// The disk or the object's storage is full.
    Full,
    /// Anything else: a defect in a statement or a broken database.
    Other,
}

/// A failed statement. The message is for the log, never for the caller of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What kind of failure it was.
    pub kind: SqlErrorKind,
    /// The database's own words.
    pub message: String,
}

/// An insertion of many rows.
#[derive(Debug, Clone, Copy)]
pub struct Insert<'a> {
    /// The table and its columns in parentheses.
    pub into: &'a str,
    /// What each column gets: an expression with one `?`.
    pub values: &'a [&'a str],
    /// What follows, such as an `ON CONFLICT` clause; may be empty.
    pub then: &'a str,
}

/// The most text of one list of rows; a value may have 2 MB.
const MAX_LIST_BYTES: usize = 1_000_000;

impl Insert<'_> {
    /// The statement for one row at a time.
    pub fn for_one_row(&self) -> String {
        format!(
            "INSERT INTO {} VALUES ({}) {}",
            self.into,
            self.values.join(", "),
            self.then
        )
    }

    /// The statement for a JSON list of rows. `WHERE true` keeps an `ON CONFLICT` from being read as a join's.
    fn for_json(&self) -> String {
        let mut values = String::new();
        for (column, value) in self.values.iter().enumerate() {
            values.push_str(if column == 0 { "" } else { ", " });
            values.push_str(&value.replacen('?', &format!("value ->> {column}"), 1));
        }
        format!(
            "INSERT INTO {} SELECT {values} FROM json_each(?) WHERE true {}",
            self.into, self.then
        )
    }

    /// Calls `run` with a statement and a list for it, as often as it takes. Doubles keep only what JSON keeps.
    fn as_json(
        &self,
        rows: &[Param<'_>],
        run: &mut dyn FnMut(&str, &str) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let statement = self.for_json();
        let mut rows = rows.chunks(self.values.len().max(1)).peekable();
        let mut list = String::new();
        while let Some(row) = rows.next() {
            list.push(if list.is_empty() { '[' } else { ',' });
            for (column, param) in row.iter().enumerate() {
                list.push(if column == 0 { '[' } else { ',' });
                param.write_json(&mut list);
            }
            list.push(']');
            if list.len() > MAX_LIST_BYTES || rows.peek().is_none() {
                list.push(']');
                run(&statement, &list)?;
                list.clear();
            }
        }
        Ok(())
    }
}

impl Param<'_> {
    fn write_json(&self, list: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Null => list.write_str("null"),
            // Of any length, so that nothing passes through a double.
            Self::Integer(integer) => write!(list, "{integer}"),
            Self::Real(real) => write!(list, "{real:?}"),
            Self::Text(text) => {
                push_json_text(list, text);
                Ok(())
            }
        };
    }
}

/// A text as a JSON string. Quotes and backslashes are nearly all that is ever escaped: JSON inside JSON.
fn push_json_text(list: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ') {
        list.push_str(&serde_json::to_string(text).unwrap_or_default());
        return;
    }
    list.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        let (plain, special) = rest.split_at(at);
        list.push_str(plain);
        list.push('\\');
        let (special, after) = special.split_at(1);
        list.push_str(special);
        rest = after;
    }
    list.push_str(rest);
    list.push('"');
}

/// A tenant's database.
///
/// Placeholders are anonymous `?` only, at most 100 a statement; a statement is at most 100 KB and a value at
/// most 2 MB: the limits of a Durable Object, kept on every host so that both behave alike.
pub trait Sql {
    /// Runs one statement that returns no rows.
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError>;

    /// Runs one statement and returns all its rows.
    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError>;

    /// The one number that a `SELECT COUNT(*)` answers.
    fn count(&self, sql: &str, params: &[Param<'_>]) -> Result<i64, SqlError> {
        let rows = self.query(sql, params)?;
        match rows.first().map(Vec::as_slice) {
            Some([Value::Integer(number)]) => Ok(*number),
            _ => Err(SqlError {
                kind: SqlErrorKind::Other,
                message: format!("not a number: {sql}"),
            }),
        }
    }

    /// Inserts many rows with one statement's text.
    ///
    /// By default they all travel as one JSON parameter, since a Durable Object takes only 100 of them and each
    /// crossing costs. A host with the database in its own process runs a prepared statement a row instead.
    fn insert(&self, insert: &Insert<'_>, rows: &[Param<'_>]) -> Result<(), SqlError> {
        insert.as_json(rows, &mut |sql, list| {
            self.execute(sql, &[Param::Text(list)])
        })
    }

    /// Runs `body` so that all its statements take effect or none. An `Err` from `body` rolls back and is
    /// returned. A call inside another call nests: its failure undoes its own statements alone.
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError>;
}
