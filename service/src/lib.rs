//! The HTTP API of one Bear Lumen organisation as a function over SQL.
//!
//! A host carries bytes: it asks [`admit`] whose request it is, opens that organisation's database, and has
//! [`handle`] answer. Everything else (routes, authentication, validation, prices, storage, reports) is here,
//! synchronous, in plain `http` types, so that the native server and the Durable Object cannot differ.

#![forbid(unsafe_code)]

pub mod auth;
mod budgets;
mod context;
mod costlens;
mod costs_page;
mod customers;
mod documentation;
mod front;
mod health;
mod host;
mod http;
mod ingest;
mod ledger;
mod limits;
mod migrate;
#[cfg(feature = "openapi")]
pub mod openapi;
mod organization;
mod report;
mod repricing;
mod revenue;
mod route;
mod router;
mod settings;
mod sql;
mod tenant;
mod track;

pub use auth::{
    CreatedKey, KeyError, KeyRecord, Scope, create_key, create_key_as_operator, list_keys,
    revoke_key_as_operator,
};
pub use context::{Context, Settings, SettingsError};
pub use front::{Admission, ORGANIZATION_HEADER, admit, claimed_organization};
pub use health::health;
pub use host::{Fault, LogLine, host_problem, unavailable, unknown_organization};
pub use http::MAX_BODY_BYTES;
pub use ingest::{read_ahead, write_rest};
pub use migrate::migrate;
pub use organization::{Organization, OrganizationId, create_organization, find_organization};
pub use router::{Cause, Served, Tally, handle, only_reads};
pub use sql::{Insert, Param, Row, Sql, SqlError, SqlErrorKind, Value};
pub use tenant::Tenant;
