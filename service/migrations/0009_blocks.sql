-- Events stand in blocks: a row of a table and of its index costs more than all else that is done to an event, and on
-- Cloudflare each is billed.

-- Events that came together, at most 128. None spans two quarters of an hour, so that those of a time are found by
-- the latest of them.
CREATE TABLE block (
    -- Of its first event. The others follow without gaps.
    seq INTEGER PRIMARY KEY,
    -- How many events.
    size INTEGER NOT NULL,
    -- What the times of its events are counted from.
    base_ms INTEGER NOT NULL,
    -- The latest of them.
    last_ms INTEGER NOT NULL,
    -- JSON, a list of lists whose places are those of the view `event`.
    events TEXT NOT NULL
) STRICT;

INSERT INTO block (seq, size, base_ms, last_ms, events)
SELECT seq, 1, at_ms, at_ms,
    '[["' || lower(hex(id)) || '",0,' || content_hash || ',' || IFNULL(session, 'null') || ',' || IFNULL(detail, 'null')
        || ',' || substr(data, 2) || ']'
FROM event ORDER BY seq;

-- Which blocks have events of a session.
CREATE TABLE session_block (
    session INTEGER NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (session, block)
) STRICT, WITHOUT ROWID;

INSERT INTO session_block (session, block)
SELECT session, seq FROM event WHERE session IS NOT NULL AND seq <= (SELECT seq FROM folded) ORDER BY session, seq;

DROP TABLE event;

CREATE INDEX block_last ON block (last_ms);

-- Events one by one. Bound it by `to_ms` or `block`: it walks all of them otherwise.
CREATE VIEW event AS SELECT
    block.seq + item.key AS seq,
    block.seq AS block,
    block.last_ms AS to_ms,
    item.value AS item,
    -- The UUID of the public id, 32 hexadecimal digits. It follows from the idempotency key, and `known` finds it.
    item.value ->> 0 AS id,
    block.base_ms + (item.value ->> 1) AS at_ms,
    -- Tells a repetition from a conflict.
    item.value ->> 2 AS content_hash,
    item.value ->> 3 AS session,
    -- Usage by bucket, what each bucket cost, modifiers, dimensions, metadata, warnings. JSON.
    item.value ->> 4 AS detail,
    item.value ->> 5 AS event_type,
    item.value ->> 6 AS metric_name,
    item.value ->> 7 AS provider,
    item.value ->> 8 AS model,
    item.value ->> 9 AS end_user,
    item.value ->> 10 AS feature,
    item.value ->> 11 AS price_id,
    -- Whole units and millionths, so that sums neither round nor overflow.
    item.value ->> 12 AS quantity,
    item.value ->> 13 AS quantity_micros,
    item.value ->> 14 AS input_tokens,
    item.value ->> 15 AS output_tokens,
    -- 0 unpriced, 1 estimated, 2 exact, 3 reported.
    item.value ->> 16 AS basis,
    -- Unknown is NULL, never 0.
    item.value ->> 17 AS cost_nanos,
    item.value ->> 18 AS low_nanos,
    item.value ->> 19 AS high_nanos,
    item.value ->> 20 AS agent,
    item.value ->> 21 AS workflow,
    item.value ->> 22 AS session_type,
    item.value ->> 23 AS subscription
FROM block CROSS JOIN json_each(block.events) AS item
