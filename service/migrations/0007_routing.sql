-- Decisions are counted in memory and written now and then. A decision proves itself by its id, so only those that were
-- followed have a row in `routing_decision`.

-- How many decisions each life of a tenant's memory has in `routing_rollup`: what a later run proves beyond them was
-- lost when that life ended, and is counted then.
CREATE TABLE routing_life (
    id INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    -- The local day of the latest one.
    slot INTEGER NOT NULL
) STRICT
