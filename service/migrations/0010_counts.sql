-- What grew with the ledger: how many sessions a list has, and the bins of a range.

-- How many sessions began when, by who and what they are. A slot of a grain is 16 of the finer one, from a quarter of an
-- hour on, so that any range is few rows. It is counted in UTC and needs no calendar.
CREATE TABLE session_count (
    -- -1 is everyone, 0 nobody. Of one user the quarters are not kept.
    end_user INTEGER NOT NULL,
    -- 0 a quarter of an hour, 1 four hours, 2 64 hours, 3 some 43 days.
    grain INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    session_type INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    PRIMARY KEY (end_user, grain, slot, session_type)
) STRICT, WITHOUT ROWID;

INSERT INTO session_count (end_user, grain, slot, session_type, sessions)
SELECT who, grain, (first_ms / 900000) >> (4 * grain), IFNULL(session_type, 0), COUNT(*)
FROM (SELECT -1 AS who, first_ms, session_type FROM session
        UNION ALL SELECT IFNULL(end_user, 0), first_ms, session_type FROM session)
    CROSS JOIN (SELECT value AS grain FROM json_each('[0,1,2,3]'))
WHERE who = -1 OR grain > 0
GROUP BY 1, 2, 3, 4;

-- Measurements by day and month, their bins in one row: a range reads a row a day and not one a bin.
CREATE TABLE numeric_sum (
    key INTEGER NOT NULL,
    -- 1 a day, 2 a month, as in `rollup`.
    grain INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    events INTEGER NOT NULL,
    -- Whole units, rounded down, and millionths. A value counts as rounded to a millionth.
    sum INTEGER NOT NULL,
    sum_micros INTEGER NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    -- How many values lie in which of the bins that are 2 % wide: JSON, by twos how far it is from the bin before and
    -- how many values.
    bins TEXT NOT NULL,
    PRIMARY KEY (grain, key, slot)
) STRICT;

INSERT INTO numeric_sum (key, grain, slot, events, sum, sum_micros, min, max, bins)
SELECT key, 1, slot, events, sum, sum_micros, min, max,
    (SELECT '[' || group_concat(step || ',' || events) || ']'
        FROM (SELECT bin - LAG(bin, 1, 0) OVER (ORDER BY bin) AS step, events
            FROM numeric_bin WHERE numeric_bin.key = numeric_rollup.key AND numeric_bin.slot = numeric_rollup.slot
            ORDER BY bin))
FROM numeric_rollup;

INSERT INTO numeric_sum (key, grain, slot, events, sum, sum_micros, min, max, bins)
SELECT key, 2, month, SUM(events), SUM(sum) + SUM(sum_micros) / 1000000, SUM(sum_micros) % 1000000, MIN(min), MAX(max),
    (SELECT '[' || group_concat(step || ',' || events) || ']'
        FROM (SELECT bin - LAG(bin, 1, 0) OVER (ORDER BY bin) AS step, events
            FROM (SELECT bin, SUM(events) AS events FROM numeric_bin
                WHERE numeric_bin.key = by_day.key
                    AND CAST(strftime('%Y', slot * 86400, 'unixepoch') AS INTEGER) * 12
                        + CAST(strftime('%m', slot * 86400, 'unixepoch') AS INTEGER) - 1 = by_day.month
                GROUP BY bin)
            ORDER BY bin))
FROM (SELECT *, CAST(strftime('%Y', slot * 86400, 'unixepoch') AS INTEGER) * 12
        + CAST(strftime('%m', slot * 86400, 'unixepoch') AS INTEGER) - 1 AS month
    FROM numeric_rollup) AS by_day
GROUP BY key, month;

DROP TABLE numeric_rollup;

DROP TABLE numeric_bin
