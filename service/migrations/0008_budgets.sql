-- What may be spent in a billing period, for everything or for one thing.
CREATE TABLE budget (
    id TEXT PRIMARY KEY,
    name TEXT,
    nanos INTEGER NOT NULL,
    -- What it is for, as `rollup` numbers its kinds; 0 for everything.
    kind INTEGER NOT NULL,
    -- Its text; null for everything.
    value TEXT,
    created_ms INTEGER NOT NULL
) STRICT
