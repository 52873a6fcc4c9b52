-- What runs tell beyond their cost, and what was decided for calls before they were made.

-- By model and local day. Every row equals a sum over the runs recorded.
CREATE TABLE run_rollup (
    -- The day.
    slot INTEGER NOT NULL,
    provider INTEGER NOT NULL,
    model INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    -- Runs that said how long they took, and how long that was together.
    timed INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL,
    PRIMARY KEY (slot, provider, model)
) STRICT, WITHOUT ROWID;

-- Decisions of the last weeks, so that the run that follows one is recognised.
CREATE TABLE routing_decision (
    id TEXT PRIMARY KEY,
    -- The local day of the decision.
    slot INTEGER NOT NULL,
    model TEXT NOT NULL,
    followed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX routing_decision_slot ON routing_decision (slot);

-- Decisions by local day.
CREATE TABLE routing_rollup (
    slot INTEGER PRIMARY KEY,
    total INTEGER NOT NULL,
    followed INTEGER NOT NULL,
    -- Beside the model that the asker used: a higher class, and a cheaper one of the class that was asked for.
    upgrades INTEGER NOT NULL,
    downgrades INTEGER NOT NULL
) STRICT
