// What a plain Durable Object takes to insert the same rows: no key is checked, nothing is priced, summed, validated or
// answered beyond a count. Three ways to insert, of which the bench takes the best for each figure.
const WIDE = `seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL, content_hash INTEGER NOT NULL,
  session INTEGER, event_type INTEGER, metric_name INTEGER, provider INTEGER, model INTEGER, end_user INTEGER,
  feature INTEGER, price_id INTEGER, quantity INTEGER, quantity_micros INTEGER, input_tokens INTEGER,
  output_tokens INTEGER, basis INTEGER, cost_nanos INTEGER, low_nanos INTEGER, high_nanos INTEGER, agent INTEGER,
  workflow INTEGER, session_type INTEGER, subscription INTEGER, detail TEXT`;
const NARROW = `seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL, content_hash INTEGER NOT NULL,
  session INTEGER, data TEXT NOT NULL, detail TEXT`;
const WIDE_COLUMNS = WIDE.match(/\w+(?= (?:INTEGER|BLOB|TEXT))/g).filter((name) => name !== 'seq');
const NARROW_COLUMNS = NARROW.match(/\w+(?= (?:INTEGER|BLOB|TEXT))/g).filter((name) => name !== 'seq');

const into = (columns, values) => `INSERT INTO event (${columns.join(', ')}) ${values} ON CONFLICT DO NOTHING`;
const cut = (columns) => columns.map((_, n) => (n === 0 ? 'unhex(value ->> 0)' : `value ->> ${n}`)).join(', ');
const BY_ROW = into(WIDE_COLUMNS, `VALUES (unhex(?)${', ?'.repeat(WIDE_COLUMNS.length - 1)})`);
const WIDE_BY_JSON = into(WIDE_COLUMNS, `SELECT ${cut(WIDE_COLUMNS)} FROM json_each(?) WHERE true`);
const NARROW_BY_JSON = into(NARROW_COLUMNS, `SELECT ${cut(NARROW_COLUMNS)} FROM json_each(?) WHERE true`);

export class Ledger {
  constructor(state, env) {
    this.storage = state.storage;
    this.way = env.WAY;
    this.labels = new Map();
    const { sql } = state.storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS event (${this.way === 'narrow' ? NARROW : WIDE}) STRICT`);
    sql.exec('CREATE INDEX IF NOT EXISTS event_at ON event (at_ms)');
    sql.exec('CREATE INDEX IF NOT EXISTS event_session ON event (session) WHERE session IS NOT NULL');
  }

  label(text) {
    if (text === undefined) return null;
    let number = this.labels.get(text);
    if (number === undefined) this.labels.set(text, (number = this.labels.size + 1));
    return number;
  }

  async fetch(request) {
    const body = await request.json();
    const events = body.events ?? [body];
    let inserted = 0;
    this.storage.transactionSync(() => {
      inserted = this.insert(events);
    });
    return Response.json({ recordedCount: inserted }, { status: 201 });
  }

  insert(events) {
    const { sql } = this.storage;
    if (this.way === 'row') {
      let written = 0;
      for (const event of events) {
        const [id, at, hash, session, numbers, detail] = this.parts(event);
        written += sql.exec(BY_ROW, id, at, hash, session, ...numbers, detail).rowsWritten > 0;
      }
      return written;
    }
    const rows = events.map((event) => {
      const [id, at, hash, session, numbers, detail] = this.parts(event);
      return this.way === 'narrow'
        ? [id, at, hash, session, JSON.stringify(numbers.slice(0, 13)), detail]
        : [id, at, hash, session, ...numbers, detail];
    });
    sql.exec(this.way === 'narrow' ? NARROW_BY_JSON : WIDE_BY_JSON, JSON.stringify(rows)).toArray();
    return rows.length;
  }

  parts(event) {
    const { input = 0, cache_read: cached = 0, output = 0 } = event.usage;
    const numbers = [
      this.label(event.eventType), this.label(event.metricName), this.label(event.provider), this.label(event.model),
      this.label(event.userId), this.label(event.feature), this.label(event.provider + event.model),
      event.quantity ?? input + output, 0, input + cached, output, 2, input * 2500 + output * 10000, null, null, null,
      null, null, null,
    ];
    return [
      event.idempotencyKey.slice(-32), event.eventTimestamp ?? Date.now(), 4503599627370496, null, numbers,
      JSON.stringify({ usage: event.usage, amounts: { input: input * 2500, output: output * 10000 } }),
    ];
  }
}

export default {
  fetch(request, env) {
    return env.LEDGER.get(env.LEDGER.idFromName('one')).fetch(request);
  },
};
