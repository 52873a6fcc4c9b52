-- What an organisation sets and reports about itself: keys, settings, prices, subscriptions, revenue, repricings.

-- What a key's text begins with, so that a rotated key looks like the one it replaces.
ALTER TABLE api_key ADD COLUMN prefix TEXT NOT NULL DEFAULT 'sk_live_';

-- Every change of settings, keys and prices. Never a secret.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    -- A key's id, or operator.
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    -- JSON.
    details TEXT NOT NULL
) STRICT;

-- Own rates and discounts, as the JSON entry that prices are computed from. Days are UTC and included.
CREATE TABLE own_price (
    id TEXT PRIMARY KEY,
    -- 0 rates, 1 a discount.
    kind INTEGER NOT NULL,
    provider TEXT,
    model TEXT,
    valid_from TEXT,
    valid_to TEXT,
    -- Rates: dollars by bucket as a JSON object. A discount: percent as decimal text.
    value TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE subscription (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- As it was given, and whom it means.
    user_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    billing_cycle TEXT,
    period_start_ms INTEGER NOT NULL,
    period_end_ms INTEGER NOT NULL,
    stripe_id TEXT,
    metadata TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    canceled_ms INTEGER
) STRICT;

CREATE INDEX subscription_of ON subscription (external_id);

-- Recognised evenly from its period's start up to its end.
CREATE TABLE revenue_event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    external_id TEXT NOT NULL,
    -- Negative for what was paid back.
    amount_nanos INTEGER NOT NULL,
    period_start_ms INTEGER NOT NULL,
    period_end_ms INTEGER NOT NULL CHECK (period_end_ms > period_start_ms),
    subscription TEXT,
    description TEXT,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX revenue_of ON revenue_event (external_id, period_end_ms);

CREATE INDEX revenue_until ON revenue_event (period_end_ms);

-- A range of events priced again.
CREATE TABLE repricing (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- Running, done.
    status TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    -- The last event of the range that has been judged, and the last to be.
    at_ms INTEGER NOT NULL,
    at_seq INTEGER NOT NULL,
    until_seq INTEGER NOT NULL,
    dry_run INTEGER NOT NULL,
    request TEXT NOT NULL,
    -- Counts and sums by model and day, JSON.
    result TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    finished_ms INTEGER
) STRICT;

-- What a repriced event cost before.
CREATE TABLE former_cost (
    seq INTEGER NOT NULL,
    repricing INTEGER NOT NULL,
    basis INTEGER NOT NULL,
    cost_nanos INTEGER,
    low_nanos INTEGER,
    high_nanos INTEGER,
    price_id TEXT,
    PRIMARY KEY (seq, repricing)
) STRICT, WITHOUT ROWID;
