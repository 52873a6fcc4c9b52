//! placeholder
pub mod sql;
pub use sql::{Param, Row, Sql, SqlError, SqlErrorKind, Value};
