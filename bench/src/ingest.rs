//! Batches of 1000 events into one organisation's file, each flushed to the disk: the service in process,
//! beside bare inserts of the same rows.

use crate::measure::{Outcome, line, median_of, section};
use crate::sample;
use bearlumen_server::{DataDir, context, now_ms};
use bearlumen_service::{ORGANIZATION_HEADER, Tenant, create_key, handle};
use http::{HeaderValue, Request};
use rusqlite::Connection;
use std::time::Instant;

const BATCHES: u64 = 20;

pub(crate) fn run() -> Outcome {
    section("Batches of 1000 events, in process, one file, each batch flushed");
    let folder = tempfile::tempdir()?;
    let floor = bare_inserts(folder.path())?;
    line(
        "bare SQLite inserts of the same rows (floor)",
        floor,
        "events/s",
        None,
    );

    let data = DataDir::open(folder.path())?;
    let settings = data.settings(None, Vec::new())?;
    let (organization, _) = data.create_organization(&settings, "bench")?;
    let sql = data.database(&organization)?;
    let ctx = context(&settings)?;
    let key = create_key(&sql, &ctx, &organization, "sk_test_", "bench", &[])?.key;
    let tenant = Tenant::new();
    let mut number = 0;
    let time = median_of(|| {
        let requests: Result<Vec<_>, http::Error> = (0..BATCHES)
            .map(|_| {
                number += 1;
                Request::post("/v1/usage/events/batch")
                    .header("authorization", format!("Bearer {key}"))
                    .header(
                        ORGANIZATION_HEADER,
                        HeaderValue::from_str(organization.as_str())?,
                    )
                    .body(sample::batch("ingest", number, now_ms()).into_bytes())
            })
            .collect();
        let requests = requests?;
        let started = Instant::now();
        for request in &requests {
            let response = handle(&tenant, &sql, request, &ctx);
            if response.status() != 201 {
                return Err(format!("a batch was answered {}", response.status()).into());
            }
        }
        Ok::<_, Box<dyn std::error::Error>>(started.elapsed())
    })?;
    let rate = (BATCHES * 1000) as f64 / time.as_secs_f64();
    line(
        "read, priced, deduplicated, stored, summed",
        rate,
        "events/s",
        Some(("floor", rate / floor)),
    );
    Ok(())
}

/// The same rows with the same index, by a prepared statement, and nothing else.
fn bare_inserts(folder: &std::path::Path) -> Result<f64, Box<dyn std::error::Error>> {
    let connection = Connection::open(folder.join("bare.sqlite"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
         CREATE TABLE event (seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at_ms INTEGER, hash INTEGER,
            type INTEGER, metric INTEGER, quantity INTEGER, micros INTEGER, provider INTEGER, model INTEGER,
            end_user INTEGER, feature INTEGER, input INTEGER, output INTEGER, basis INTEGER, cost INTEGER,
            price INTEGER, detail TEXT) STRICT;
         CREATE INDEX event_at ON event (at_ms);",
    )?;
    let mut number: i64 = 0;
    let time = median_of(|| {
        let started = Instant::now();
        for _ in 0..BATCHES {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let mut insert = connection.prepare_cached(
                "INSERT INTO event (id, at_ms, hash, type, metric, quantity, micros, provider, model, end_user,
                 feature, input, output, basis, cost, price, detail)
                 VALUES (?, ?, ?, 1, 2, ?, 0, 3, 4, ?, ?, ?, 512, 2, ?, 5, ?)",
            )?;
            for _ in 0..1000 {
                number += 1;
                // Ids in the order of a hash: what an index over idempotency keys sees.
                let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed());
                let mut key = id.to_be_bytes().to_vec();
                key.extend_from_slice(&number.to_be_bytes());
                insert.execute(rusqlite::params![
                    key,
                    1_795_176_000_000 + number,
                    id,
                    1000,
                    number % 5000,
                    number % 12,
                    1400,
                    3_000_000,
                    r#"{"usage":{"input":400,"cache_read":512,"output":88}}"#
                ])?;
            }
            drop(insert);
            connection.execute_batch("COMMIT")?;
        }
        Ok::<_, rusqlite::Error>(started.elapsed())
    })?;
    Ok((BATCHES * 1000) as f64 / time.as_secs_f64())
}
