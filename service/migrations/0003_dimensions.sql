-- What the caller's own dimensions mean. Events have dimensions without it.
CREATE TABLE dimension_definition (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'numeric')),
    description TEXT,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
