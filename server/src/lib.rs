//! Bear Lumen as one binary: the service of `bearlumen-service` over SQLite files, one file and two threads for
//! each organisation.

#![forbid(unsafe_code)]

pub mod command;
mod connections;
mod data;
mod flusher;
mod health;
mod http;
mod metrics;
mod sqlite;
mod surroundings;
mod tenant;

pub use data::{DataDir, DataError};
pub use http::Server;
pub use sqlite::Sqlite;
pub use surroundings::{context, now_ms};
