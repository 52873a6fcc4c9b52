//! The service's `Sql` over the database of a Durable Object.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use bearlumen_service::{Param, Row, Sql, SqlError, SqlErrorKind, Value};
use wasm_bindgen::prelude::*;
use worker::State;
use worker::js_sys::{Array, Error, JsString, Promise};

/// The largest integer that a JavaScript number carries exactly, 2^53 - 1.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

// Bound here rather than taken from `worker`: that crate has no `transactionSync`, and several of its cursor
// methods turn a failing statement into a panic.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = worker::js_sys::Object)]
    type ObjectStorage;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &ObjectStorage) -> SqlStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &ObjectStorage,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &ObjectStorage, at_ms: f64) -> Result<Promise, JsValue>;

    type SqlStorage;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(
        this: &SqlStorage,
        statement: &JsString,
        bindings: &Array,
    ) -> Result<SqlCursor, JsValue>;

    type SqlCursor;

    #[wasm_bindgen(method, catch)]
    fn raw(this: &SqlCursor) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &SqlCursor) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn array_from(iterator: &JsValue) -> Result<Array, JsValue>;
}

/// The private database of the Durable Object that this runs in.
pub(crate) struct ObjectSql {
    storage: ObjectStorage,
    sql: SqlStorage,
    statements: RefCell<Statements>,
}

/// Statements as [`typed`] makes them, by their text and by which parameters are integers: what is run again need neither
/// be made nor cross again.
type Statements = HashMap<(Box<str>, u128), JsString>;

/// Statements that are remembered. More than there are, but for lists of many lengths.
const MAX_STATEMENTS: usize = 256;

impl ObjectSql {
    /// Takes the database out of the object's state.
    pub(crate) fn new(state: &State) -> worker::Result<Self> {
        let storage: ObjectStorage = state.as_raw().storage()?.unchecked_into();
        let sql = storage.sql();
        Ok(Self {
            storage,
            sql,
            statements: RefCell::default(),
        })
    }

    /// Has the platform wake the object, in milliseconds since 1970.
    #[expect(clippy::cast_precision_loss, reason = "an instant, far below 2^53")]
    pub(crate) fn set_alarm(&self, at_ms: i64) -> Result<Promise, JsValue> {
        self.storage.set_alarm(at_ms as f64)
    }

    fn statement(&self, text: &str, params: &[Param<'_>]) -> JsString {
        let integers = params.iter().rev().fold(0, |bits, param| {
            bits << 1 | u128::from(matches!(param, Param::Integer(_)))
        });
        let mut statements = self.statements.borrow_mut();
        let key = (text.into(), integers);
        if let Some(known) = statements.get(&key) {
            return known.clone();
        }
        if statements.len() >= MAX_STATEMENTS {
            statements.clear();
        }
        let made = JsString::from(&*typed(text, params));
        statements.insert(key, made.clone());
        made
    }

    fn run(&self, statement: &str, params: &[Param<'_>]) -> Result<SqlCursor, SqlError> {
        let bindings = params.iter().map(bind).collect();
        self.sql
            .exec(&self.statement(statement, params), &bindings)
            .map_err(failure)
    }
}

impl Sql for ObjectSql {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        // A cursor with rows left, such as those of a `RETURNING`, would keep the transaction from committing.
        self.run(sql, params)?.to_array().map(drop).map_err(failure)
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let rows = self.run(sql, params)?.raw().map_err(failure)?;
        let rows = array_from(&rows).map_err(failure)?;
        rows.iter()
            .map(|row| Array::from(&row).iter().map(|value| read(&value)).collect())
            .collect()
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        // The runtime rolls back when the closure throws, so the Rust error steps aside while a plain JavaScript
        // one passes through.
        let mut refused = None;
        let outcome = self.storage.transaction_sync(&mut || {
            body().map_err(|error| {
                let thrown = Error::new(&error.message).into();
                refused = Some(error);
                thrown
            })
        });
        match (refused, outcome) {
            (Some(error), _) => Err(error),
            (None, Err(thrown)) => Err(failure(thrown)),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// Restores the type that JavaScript takes from integers: the runtime binds every number as a double, so that
/// `? / 2` would keep its fraction and a text column would store `7.0`.
fn typed<'a>(statement: &'a str, params: &[Param<'_>]) -> Cow<'a, str> {
    if !params
        .iter()
        .any(|param| matches!(param, Param::Integer(_)))
    {
        return Cow::Borrowed(statement);
    }
    let mut params = params.iter();
    // What ends the quotation or comment that the scan is in.
    let mut until = None;
    let mut text = String::with_capacity(statement.len() + 64);
    let mut characters = statement.chars().peekable();
    while let Some(character) = characters.next() {
        match (until, character) {
            (None, '\'' | '"') => until = Some(character),
            (None, '-') if characters.peek() == Some(&'-') => until = Some('\n'),
            (Some(end), _) if end == character => until = None,
            (None, '?') if matches!(params.next(), Some(Param::Integer(_))) => {
                text.push_str("CAST(? AS INTEGER)");
                continue;
            }
            _ => {}
        }
        text.push(character);
    }
    Cow::Owned(text)
}

/// An integer beyond 2^53 crosses as text, from which the cast of [`typed`] makes the exact integer again.
#[expect(
    clippy::cast_precision_loss,
    reason = "the guard admits only integers that a double carries exactly"
)]
fn bind(param: &Param<'_>) -> JsValue {
    match *param {
        Param::Null => JsValue::NULL,
        Param::Integer(value) if value.unsigned_abs() <= MAX_SAFE_INTEGER.unsigned_abs() => {
            JsValue::from_f64(value as f64)
        }
        Param::Integer(value) => JsValue::from_str(&value.to_string()),
        Param::Real(value) => JsValue::from_f64(value),
        Param::Text(value) => JsValue::from_str(value),
    }
}

/// An integral number beyond 2^53 may already have been rounded, so it is handed on as the double that it is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the guard admits only exact integers"
)]
fn read(value: &JsValue) -> Result<Value, SqlError> {
    if let Some(number) = value.as_f64() {
        let exact = number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER as f64;
        Ok(if exact {
            Value::Integer(number as i64)
        } else {
            Value::Real(number)
        })
    } else if let Some(text) = value.as_string() {
        Ok(Value::Text(text))
    } else if value.is_null() {
        Ok(Value::Null)
    } else {
        Err(SqlError {
            kind: SqlErrorKind::Other,
            message: "a column holds a blob; read it through hex()".to_owned(),
        })
    }
}

/// The runtime gives a message and nothing else; the database's own code stands in it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err hands over"
)]
fn failure(thrown: JsValue) -> SqlError {
    let message = thrown.dyn_ref::<Error>().map_or_else(
        || format!("{thrown:?}"),
        |error| String::from(error.message()),
    );
    let kind = if message.contains("SQLITE_CONSTRAINT") {
        SqlErrorKind::Constraint
    } else if message.contains("SQLITE_FULL") || message.contains("maximum size") {
        SqlErrorKind::Full
    } else {
        SqlErrorKind::Other
    };
    SqlError { kind, message }
}
