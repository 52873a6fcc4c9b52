//! What is tried, one line of result each.

use bearlumen_service::{Param, Row, Sql, SqlError, SqlErrorKind, Value};

use crate::storage::ObjectSql;

type Outcome = Result<String, SqlError>;
type Finding = fn(&ObjectSql) -> Outcome;

/// Every claim with its outcome, each tried on fresh tables.
pub(super) fn all(sql: &ObjectSql) -> impl Iterator<Item = (&'static str, Outcome)> {
    FINDINGS
        .iter()
        .map(move |(claim, finding)| (*claim, reset(sql).and_then(|()| finding(sql))))
}

fn reset(sql: &ObjectSql) -> Result<(), SqlError> {
    for table in ["strict_rows", "keyed"] {
        sql.execute(&format!("DROP TABLE IF EXISTS {table}"), &[])?;
    }
    sql.execute(
        "CREATE TABLE strict_rows (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB, CHECK (n >= 0)) STRICT",
        &[],
    )?;
    sql.execute(
        "CREATE TABLE keyed (k TEXT PRIMARY KEY, a INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        &[],
    )
}

fn show(rows: &[Row]) -> String {
    format!("{rows:?}")
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a finding")]
fn refused(outcome: Result<(), SqlError>) -> Outcome {
    Ok(match outcome {
        Ok(()) => "ACCEPTED".to_owned(),
        Err(error) => format!("{:?}: {}", error.kind, error.message),
    })
}

fn count(sql: &ObjectSql) -> Outcome {
    Ok(show(&sql.query("SELECT k, a FROM keyed ORDER BY k", &[])?))
}

fn rollback() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Busy,
        message: "on purpose".to_owned(),
    }
}

const FINDINGS: &[(&str, Finding)] = &[
    ("sqlite version", |sql| {
        Ok(show(&sql.query("SELECT sqlite_version()", &[])?))
    }),
    ("STRICT and WITHOUT ROWID tables", |_| {
        Ok("created".to_owned())
    }),
    ("typeof bound integer, text, real, null", |sql| {
        Ok(show(&sql.query(
            "SELECT typeof(?), typeof(?), typeof(?), typeof(?)",
            &[
                Param::Integer(5),
                Param::Text("5"),
                Param::Real(0.5),
                Param::Null,
            ],
        )?))
    }),
    ("bound integer division and LIMIT", |sql| {
        Ok(show(&sql.query(
            "SELECT ? / 2, value FROM json_each('[1,2,3]') LIMIT ?",
            &[Param::Integer(5), Param::Integer(2)],
        )?))
    }),
    (
        "bound integer stored in INTEGER and TEXT and compared",
        |sql| {
            sql.execute(
                "INSERT INTO strict_rows (id, n, t) VALUES (?, ?, ?)",
                &[Param::Integer(1), Param::Integer(7), Param::Integer(7)],
            )?;
            Ok(show(&sql.query(
                "SELECT typeof(n), n, typeof(t), t, n = ?, n + 0 = ? FROM strict_rows WHERE n = ?",
                &[Param::Integer(7), Param::Integer(7), Param::Integer(7)],
            )?))
        },
    ),
    ("bound integer beyond 2^53 is stored exactly", |sql| {
        sql.execute(
            "INSERT INTO strict_rows (id, n) VALUES (1, ?)",
            &[Param::Integer(9_223_372_036_854_775_807)],
        )?;
        Ok(show(&sql.query(
            "SELECT typeof(n), CAST(n AS TEXT), n FROM strict_rows WHERE n = ?",
            &[Param::Integer(9_223_372_036_854_775_807)],
        )?))
    }),
    (
        "bound integers around 2^51 and 2^53 are stored exactly",
        |sql| {
            for value in [
                1 << 51,
                (1 << 52) + 1,
                (1 << 53) - 1,
                1 << 53,
                (1 << 53) + 1,
            ] {
                sql.execute(
                    "INSERT INTO strict_rows (n) VALUES (?)",
                    &[Param::Integer(value)],
                )?;
            }
            Ok(show(&sql.query(
                "SELECT CAST(n AS TEXT) FROM strict_rows ORDER BY n",
                &[],
            )?))
        },
    ),
    (
        "a question mark in quotes or a comment is not a placeholder",
        |sql| {
            Ok(show(&sql.query(
                "SELECT '?', -- isn't it?\n typeof(?), typeof(?) AS \"?\"",
                &[Param::Integer(1), Param::Text("x")],
            )?))
        },
    ),
    (
        "INSERT SELECT json_each with json_extract, integers beyond 2^53",
        |sql| {
            sql.execute(
            "INSERT INTO strict_rows (id, n, t, b) SELECT json_extract(value, '$.id'), json_extract(value, '$.n'), value ->> '$.t', unhex(value ->> 'b') FROM json_each(?)",
            &[Param::Text(r#"[{"id":1,"n":9007199254740993,"t":"x","b":"00ff"},{"id":2,"n":9223372036854775807,"t":null}]"#)],
        )?;
            Ok(show(&sql.query("SELECT id, typeof(n), CAST(n AS TEXT), t, typeof(b), hex(b) FROM strict_rows ORDER BY id", &[])?))
        },
    ),
    ("json_each over nested arrays by position", |sql| {
        Ok(show(&sql.query(
            "SELECT key, value ->> 0, value ->> 1 FROM json_each(?)",
            &[Param::Text(r#"[["a",1],["b",9007199254740993]]"#)],
        )?))
    }),
    ("blob column read raw", |sql| {
        sql.execute(
            "INSERT INTO strict_rows (id, b) VALUES (1, unhex('00ff'))",
            &[],
        )?;
        Ok(show(&sql.query("SELECT b FROM strict_rows", &[])?))
    }),
    ("blob compared with unhex(?)", |sql| {
        sql.execute(
            "INSERT INTO strict_rows (id, b) VALUES (1, unhex('00ff'))",
            &[],
        )?;
        Ok(show(&sql.query(
            "SELECT id FROM strict_rows WHERE b = unhex(?)",
            &[Param::Text("00FF")],
        )?))
    }),
    ("ON CONFLICT DO UPDATE SET a = a + excluded.a", |sql| {
        for _ in 0..3 {
            sql.execute("INSERT INTO keyed VALUES ('k', ?) ON CONFLICT (k) DO UPDATE SET a = a + excluded.a", &[Param::Integer(5)])?;
        }
        count(sql)
    }),
    ("upsert from json_each with GROUP BY", |sql| {
        for _ in 0..2 {
            sql.execute(
                "INSERT INTO keyed SELECT value ->> 'k', SUM(value ->> 'a') FROM json_each(?) WHERE true GROUP BY 1 ON CONFLICT (k) DO UPDATE SET a = a + excluded.a",
                &[Param::Text(r#"[{"k":"x","a":1},{"k":"y","a":2},{"k":"x","a":3}]"#)],
            )?;
        }
        count(sql)
    }),
    ("INSERT OR IGNORE RETURNING", |sql| {
        sql.execute("INSERT INTO keyed VALUES ('old', 1)", &[])?;
        Ok(show(&sql.query(
            "INSERT INTO keyed SELECT value, 0 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING k",
            &[Param::Text(r#"["old","new","newer"]"#)],
        )?))
    }),
    (
        "execute of a statement with RETURNING takes effect wholly",
        |sql| {
            sql.execute("INSERT INTO keyed SELECT value, 0 FROM json_each('[\"a\",\"b\",\"c\"]') WHERE true RETURNING k", &[])?;
            count(sql)
        },
    ),
    (
        "CAST(SUM(x) AS TEXT) beyond 2^53, and SUM read as a number",
        |sql| {
            sql.execute(
                "INSERT INTO keyed VALUES ('a', 9007199254740993), ('b', 2)",
                &[],
            )?;
            Ok(show(&sql.query(
                "SELECT CAST(SUM(a) AS TEXT), SUM(a), SUM(a) / 2 FROM keyed",
                &[],
            )?))
        },
    ),
    ("SUM that overflows 64 bits", |sql| {
        sql.execute(
            "INSERT INTO keyed VALUES ('a', 9223372036854775807), ('b', 2)",
            &[],
        )?;
        Ok(show(
            &sql.query("SELECT CAST(SUM(a) AS TEXT) FROM keyed", &[])?,
        ))
    }),
    (
        "a failing transaction rolls back and its error arrives",
        |sql| {
            let outcome = sql.transaction(&mut || {
                sql.execute("INSERT INTO keyed VALUES ('gone', 1)", &[])?;
                Err(rollback())
            });
            Ok(format!("{}; rows {}", refused(outcome)?, count(sql)?))
        },
    ),
    (
        "a failing statement inside a transaction rolls back",
        |sql| {
            let outcome = sql.transaction(&mut || {
                sql.execute("INSERT INTO keyed VALUES ('gone', 1)", &[])?;
                sql.execute("INSERT INTO keyed VALUES ('gone', 1)", &[])
            });
            Ok(format!("{}; rows {}", refused(outcome)?, count(sql)?))
        },
    ),
    ("a nested transaction undoes itself alone", |sql| {
        sql.transaction(&mut || {
            sql.execute("INSERT INTO keyed VALUES ('outer', 1)", &[])?;
            let inner = sql.transaction(&mut || {
                sql.execute("INSERT INTO keyed VALUES ('inner', 1)", &[])?;
                Err(rollback())
            });
            if inner.is_ok() {
                return Err(rollback());
            }
            sql.transaction(&mut || sql.execute("INSERT INTO keyed VALUES ('second', 1)", &[]))
        })?;
        count(sql)
    }),
    (
        "an outer failure undoes a finished nested transaction",
        |sql| {
            let outcome = sql.transaction(&mut || {
                sql.transaction(&mut || sql.execute("INSERT INTO keyed VALUES ('inner', 1)", &[]))?;
                Err(rollback())
            });
            Ok(format!("{}; rows {}", refused(outcome)?, count(sql)?))
        },
    ),
    ("partial index, used by the planner", |sql| {
        sql.execute(
            "CREATE INDEX strict_partial ON strict_rows (t) WHERE n IS NULL",
            &[],
        )?;
        Ok(show(&sql.query(
            "EXPLAIN QUERY PLAN SELECT id FROM strict_rows WHERE n IS NULL AND t = 'x'",
            &[],
        )?))
    }),
    ("expression index over json", |sql| {
        sql.execute("CREATE INDEX strict_json ON strict_rows (t ->> 'a')", &[])?;
        Ok("created".to_owned())
    }),
    ("generated column", |sql| {
        sql.execute(
            "ALTER TABLE strict_rows ADD COLUMN g INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL",
            &[],
        )?;
        Ok("added".to_owned())
    }),
    ("PRAGMA user_version", |sql| {
        Ok(show(&sql.query("PRAGMA user_version", &[])?))
    }),
    ("PRAGMA user_version = 1", |sql| {
        refused(sql.execute("PRAGMA user_version = 1", &[]))
    }),
    ("PRAGMA table_info", |sql| {
        Ok(show(&sql.query("PRAGMA table_info(keyed)", &[])?))
    }),
    ("sqlite_master", |sql| {
        Ok(show(&sql.query(
            "SELECT name FROM sqlite_master WHERE type = 'table'",
            &[],
        )?))
    }),
    ("CHECK refuses", |sql| {
        refused(sql.execute("INSERT INTO strict_rows (n) VALUES (-1)", &[]))
    }),
    ("STRICT refuses text in an integer", |sql| {
        refused(sql.execute(
            "INSERT INTO strict_rows (n) VALUES (?)",
            &[Param::Text("x")],
        ))
    }),
    ("STRICT refuses a fraction in an integer", |sql| {
        refused(sql.execute(
            "INSERT INTO strict_rows (n) VALUES (?)",
            &[Param::Real(0.5)],
        ))
    }),
    ("UNIQUE refuses", |sql| {
        refused(sql.execute("INSERT INTO keyed VALUES ('a', 1), ('a', 2)", &[]))
    }),
    ("NOT NULL refuses", |sql| {
        refused(sql.execute("INSERT INTO keyed VALUES ('a', ?)", &[Param::Null]))
    }),
    ("BEGIN as a statement", |sql| {
        refused(sql.execute("BEGIN", &[]))
    }),
    ("several statements in one execute", |sql| {
        sql.execute(
            "INSERT INTO keyed VALUES ('a', 1); INSERT INTO keyed VALUES ('b', 2);",
            &[],
        )?;
        count(sql)
    }),
    ("a script of DDL with comments", |sql| {
        sql.execute("-- first\nCREATE TABLE s1 (a INTEGER) STRICT;\n-- second\nCREATE INDEX s1_a ON s1 (a);\nDROP TABLE s1;\n-- end\n", &[])?;
        Ok("ran".to_owned())
    }),
    ("wrong number of bindings", |sql| {
        refused(sql.execute("INSERT INTO keyed VALUES (?, ?)", &[Param::Text("a")]))
    }),
    ("syntax error", |sql| refused(sql.execute("SELEC", &[]))),
    ("101 bindings", |sql| {
        let many = vec![Param::Integer(1); 101];
        refused(sql.execute(&format!("SELECT {}", vec!["?"; 101].join(",")), &many))
    }),
    ("2 MB and 3 MB bound text", |sql| {
        let two = "x".repeat(2_000_000);
        let three = "x".repeat(3_000_000);
        Ok(format!(
            "2 MB: {}; 3 MB: {}",
            refused(sql.execute("SELECT length(?)", &[Param::Text(&two)]))?,
            refused(sql.execute("SELECT length(?)", &[Param::Text(&three)]))?
        ))
    }),
    ("date and time functions", |sql| {
        Ok(show(&sql.query(
            "SELECT strftime('%Y-%m-%d', 86400, 'unixepoch'), unixepoch('1970-01-02')",
            &[],
        )?))
    }),
    ("window functions and CTE", |sql| {
        Ok(show(&sql.query("WITH t(x) AS (SELECT value FROM json_each('[3,1,2]')) SELECT x, row_number() OVER (ORDER BY x) FROM t ORDER BY x", &[])?))
    }),
    ("read of a real that is integral", |sql| {
        let rows = sql.query("SELECT 2.0, 2.5, 9007199254740993, -1", &[])?;
        Ok(match rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(2)) => show(&rows),
            _ => format!("UNEXPECTED {rows:?}"),
        })
    }),
];
