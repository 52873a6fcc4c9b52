-- Events become narrow rows, and the sums follow them by a watermark instead of being written with each batch.

-- What is only shown or summed stands in `data`, a JSON list without its trailing nulls, and is read through
-- virtual columns: a narrow row is inserted in half the time of a wide one.
CREATE TABLE event_narrow (
    -- Without gaps.
    seq INTEGER PRIMARY KEY,
    -- The UUID of the public id. It follows from the idempotency key; `known` finds it.
    id BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    -- Tells a repetition from a conflict.
    content_hash INTEGER NOT NULL,
    session INTEGER,
    data TEXT NOT NULL,
    -- Usage by bucket, what each bucket cost, modifiers, dimensions, metadata, warnings. JSON.
    detail TEXT,
    event_type INTEGER AS (data ->> 0) VIRTUAL,
    metric_name INTEGER AS (data ->> 1) VIRTUAL,
    provider INTEGER AS (data ->> 2) VIRTUAL,
    model INTEGER AS (data ->> 3) VIRTUAL,
    end_user INTEGER AS (data ->> 4) VIRTUAL,
    feature INTEGER AS (data ->> 5) VIRTUAL,
    price_id INTEGER AS (data ->> 6) VIRTUAL,
    -- Whole units and millionths, so that sums neither round nor overflow.
    quantity INTEGER AS (data ->> 7) VIRTUAL,
    quantity_micros INTEGER AS (data ->> 8) VIRTUAL,
    input_tokens INTEGER AS (data ->> 9) VIRTUAL,
    output_tokens INTEGER AS (data ->> 10) VIRTUAL,
    -- 0 unpriced, 1 estimated, 2 exact, 3 reported.
    basis INTEGER AS (data ->> 11) VIRTUAL,
    -- Unknown is NULL, never 0.
    cost_nanos INTEGER AS (data ->> 12) VIRTUAL,
    low_nanos INTEGER AS (data ->> 13) VIRTUAL,
    high_nanos INTEGER AS (data ->> 14) VIRTUAL,
    agent INTEGER AS (data ->> 15) VIRTUAL,
    workflow INTEGER AS (data ->> 16) VIRTUAL,
    session_type INTEGER AS (data ->> 17) VIRTUAL,
    subscription INTEGER AS (data ->> 18) VIRTUAL
) STRICT;

INSERT INTO event_narrow (seq, id, at_ms, content_hash, session, data, detail)
SELECT seq, id, at_ms, content_hash, session,
    json_array(event_type, metric_name, provider, model, end_user, feature, price_id, quantity, quantity_micros,
        input_tokens, output_tokens, basis, cost_nanos, low_nanos, high_nanos, agent, workflow, session_type,
        subscription),
    detail
FROM event ORDER BY seq;

DROP TABLE event;

ALTER TABLE event_narrow RENAME TO event;

CREATE INDEX event_at ON event (at_ms);

CREATE INDEX event_session ON event (session) WHERE session IS NOT NULL;

-- Finds an event by its id: `h` is the id's first 64 bits, big-endian. A unique index on random ids would touch a
-- page an event. This one takes many ids at once, in order. What `folded.indexed` does not cover yet is in memory.
CREATE TABLE known (
    h INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (h, seq)
) STRICT, WITHOUT ROWID;

-- How far the events have been worked into what follows from them. Both are a `seq`, included.
CREATE TABLE folded (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Into all sums.
    seq INTEGER NOT NULL,
    -- Into `known`.
    indexed INTEGER NOT NULL
) STRICT;

INSERT INTO folded (one, seq, indexed) VALUES (1, 0, 0);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DROP TABLE rollup;

-- Sums by what events are grouped by. Every row equals a sum over the events up to `folded.seq`. Label 0 stands for none.
-- Days and months are those of the organisation's calendar.
CREATE TABLE rollup (
    -- What `a` and `b` are: 0 nothing, 1 provider and model, 3 end user, 4 feature, 5 agent, 6 workflow,
    -- 7 a dimension's key and value, 8 subscription and metric.
    kind INTEGER NOT NULL,
    -- 0 a quarter of an hour, 1 a day, 2 a month.
    grain INTEGER NOT NULL,
    -- Quarters of an hour or days since 1970, or year * 12 + month - 1.
    slot INTEGER NOT NULL,
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    events INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    low_nanos INTEGER NOT NULL,
    high_nanos INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_micros INTEGER NOT NULL,
    PRIMARY KEY (kind, grain, slot, a, b)
) STRICT, WITHOUT ROWID;

-- Everything that is asked of one end user.
CREATE TABLE end_user_rollup (
    end_user INTEGER NOT NULL,
    -- The day.
    slot INTEGER NOT NULL,
    provider INTEGER NOT NULL,
    model INTEGER NOT NULL,
    feature INTEGER NOT NULL,
    events INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    low_nanos INTEGER NOT NULL,
    high_nanos INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_micros INTEGER NOT NULL,
    PRIMARY KEY (end_user, slot, provider, model, feature)
) STRICT, WITHOUT ROWID;

-- What each class of tokens came to. Events whose cost was reported have no cost by bucket.
CREATE TABLE bucket_rollup (
    -- The day.
    slot INTEGER NOT NULL,
    provider INTEGER NOT NULL,
    model INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_micros INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    PRIMARY KEY (slot, provider, model, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    label INTEGER PRIMARY KEY,
    -- Of the first event that named one; so is `end_user`.
    session_type INTEGER,
    end_user INTEGER,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    events INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    low_nanos INTEGER NOT NULL,
    high_nanos INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_micros INTEGER NOT NULL
) STRICT;

CREATE INDEX session_first ON session (first_ms);

-- Numeric dimensions. A value counts as rounded to a millionth in `sum` (whole units, rounded down) and `sum_micros`.
CREATE TABLE numeric_rollup (
    key INTEGER NOT NULL,
    -- The day.
    slot INTEGER NOT NULL,
    events INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    sum_micros INTEGER NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    PRIMARY KEY (key, slot)
) STRICT, WITHOUT ROWID;

-- How many values lie in which of the bins that are 2 % wide, for percentiles.
CREATE TABLE numeric_bin (
    key INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    bin INTEGER NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (key, slot, bin)
) STRICT, WITHOUT ROWID;

-- Whom the costs are for: named by events, or registered. Is there by the time a report can see it.
CREATE TABLE end_user (
    label INTEGER PRIMARY KEY,
    -- `eu_` and the first 10 bytes of SHA-256 of the external id in base32.
    id TEXT NOT NULL UNIQUE,
    external_id TEXT NOT NULL UNIQUE,
    name TEXT,
    email TEXT,
    metadata TEXT,
    -- NULL when only events named it.
    registered_ms INTEGER,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    deactivated_ms INTEGER
) STRICT
