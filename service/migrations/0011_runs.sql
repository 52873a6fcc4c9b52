-- What runs tell is summed from their events as all else is, up to `folded.seq`, so that another time zone regroups it,
-- too. It was written with each run before, beyond that mark, so whoever has runs has all sums made again: the service
-- does that when it is asked next.

DELETE FROM rollup WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM end_user_rollup WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM bucket_rollup WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM session WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM session_block WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM session_count WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM numeric_sum WHERE EXISTS (SELECT 1 FROM run_rollup);

UPDATE folded SET seq = 0 WHERE EXISTS (SELECT 1 FROM run_rollup);

DELETE FROM run_rollup
