-- Everything, and models, are summed by month too: what is asked most is asked of whole months mostly.

INSERT INTO rollup (kind, grain, slot, a, b, events, unpriced, estimated, cost_nanos, low_nanos, high_nanos,
    input_tokens, output_tokens, quantity, quantity_micros)
SELECT kind, 2,
    CAST(strftime('%Y', slot * 86400, 'unixepoch') AS INTEGER) * 12
        + CAST(strftime('%m', slot * 86400, 'unixepoch') AS INTEGER) - 1,
    a, b, SUM(events), SUM(unpriced), SUM(estimated), SUM(cost_nanos), SUM(low_nanos), SUM(high_nanos),
    SUM(input_tokens), SUM(output_tokens), SUM(quantity), SUM(quantity_micros)
FROM rollup WHERE kind IN (0, 1) AND grain = 1 GROUP BY 1, 2, 3, 4, 5;
