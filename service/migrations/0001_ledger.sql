-- One organisation's ledger. There is no organisation column: the database is the organisation's own.
--
-- Money is in nano-dollars (10^-9 USD), instants in milliseconds since 1970 UTC. STRICT makes an overflowing
-- sum an error instead of a float.

CREATE TABLE organization (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT;

-- Every text that events are grouped by, once. Ids are this database's own and never leave it.
CREATE TABLE label (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    -- The UUID of the public id. It follows from the idempotency key, so this one index finds both.
    id BLOB NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    -- Tells a repetition from a conflict.
    content_hash INTEGER NOT NULL,
    event_type INTEGER NOT NULL,
    metric_name INTEGER NOT NULL,
    -- Whole units and millionths, so that sums neither round nor overflow.
    quantity INTEGER NOT NULL,
    quantity_micros INTEGER NOT NULL,
    provider INTEGER,
    model INTEGER,
    end_user INTEGER,
    subscription INTEGER,
    feature INTEGER,
    agent INTEGER,
    workflow INTEGER,
    session INTEGER,
    session_type INTEGER,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    -- 0 unpriced, 1 estimated, 2 exact, 3 reported.
    basis INTEGER NOT NULL CHECK (basis BETWEEN 0 AND 3),
    -- Unknown is NULL, never 0.
    cost_nanos INTEGER CHECK ((cost_nanos IS NULL) = (basis = 0)),
    low_nanos INTEGER,
    high_nanos INTEGER,
    price_id INTEGER,
    -- Usage by bucket, modifiers, dimensions, metadata, warnings: what is shown, not summed. JSON.
    detail TEXT
) STRICT;

CREATE INDEX event_at ON event (at_ms);

-- Sums by what events are grouped by. Every row equals a sum over `event`.
CREATE TABLE rollup (
    -- What `label` is: 0 everything, 1 model, 2 provider, 3 end user, 4 feature, 5 agent, 6 workflow.
    kind INTEGER NOT NULL,
    -- 0 a quarter of an hour, 1 a day of the organisation's calendar.
    grain INTEGER NOT NULL,
    -- Quarters of an hour, or days, since 1970.
    slot INTEGER NOT NULL,
    -- 0 stands for events without one.
    label INTEGER NOT NULL,
    events INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    low_nanos INTEGER NOT NULL,
    high_nanos INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (kind, grain, slot, label)
) STRICT, WITHOUT ROWID;
