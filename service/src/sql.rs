//! The one thing the service asks of a host: a private SQLite database with transactions.

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

    /// Runs `body` so that all its statements take effect or none. An `Err` from `body` rolls back and is
    /// returned. A call inside another call nests: its failure undoes its own statements alone.
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError>;
}
