// The costs of an organisation for who reads them: everything here is asked of the service's own API, and nothing kept
// but the key, until the tab is closed.

const GROUPINGS = [
  { by: 'by-end-user', title: 'Customer' },
  { by: 'by-model', title: 'Model', ofCustomer: true },
  { by: 'by-feature', title: 'Feature', ofCustomer: true },
  { by: 'by-provider', title: 'Provider', ofCustomer: true },
  { by: 'by-agent', title: 'Agent' },
  { by: 'by-workflow', title: 'Workflow' },
];
const MOST_ROWS = 200;
const DAY_MS = 86_400_000;

const $ = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString('en-US');
const calls = (number) => `${count(number)} call${number === 1 ? '' : 's'}`;
const FIRST = { period: 'current-period', by: 'by-end-user' };
const addressed = () => ({ ...FIRST, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) });
let state = addressed();
let shown = { title: '', items: [] };
let asking = new AbortController();

/** Nano-dollars as text, exactly: every digit of them, or as many as a reader wants. */
function dollars(nanos, everyDigit = false) {
  const amount = BigInt(nanos);
  const size = amount < 0n ? -amount : amount;
  const digits = everyDigit ? 9 : size >= 1_000_000_000n || size === 0n ? 2 : size >= 1_000_000n ? 4 : 9;
  const step = 10n ** BigInt(9 - digits);
  const rounded = (size + step / 2n) / step;
  const whole = rounded / 10n ** BigInt(digits);
  const part = String(rounded % 10n ** BigInt(digits)).padStart(digits, '0');
  return `${amount < 0n ? '-' : ''}${everyDigit ? whole : `$${whole.toLocaleString('en-US')}`}.${part}`;
}

const isUnpriced = (totals) => totals.eventCount > 0 && totals.eventCount === totals.unpricedEventCount;

/** What is known of a cost: nothing, at least so much, or all. */
function cost(totals) {
  if (isUnpriced(totals)) return 'unpriced';
  return `${totals.isFloor ? 'at least ' : ''}${dollars(totals.totalCostNanos)}`;
}

class Refused extends Error {}

async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`v1/${path}?${query}`, {
    headers: { authorization: `Bearer ${$('key').value}`, accept: 'application/json' },
    signal: asking.signal,
  });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const { message = `the service answered ${answer.status}`, correlationId } = body.error ?? {};
  throw Object.assign(new Refused(correlationId ? `${message} (${correlationId})` : message), { status: answer.status });
}

/** The same, or nothing for a key that may not ask that. */
const getIfAllowed = (path, parameters) => get(path, parameters).catch((error) => {
  if (error.status === 403) return null;
  throw error;
});

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function figure(name, value, ...remarks) {
  const place = element('div');
  const said = element('dd', value);
  for (const remark of remarks.filter(Boolean)) said.append(element('small', remark));
  place.append(element('dt', name), said);
  return place;
}

function range() {
  if (state.period !== 'dates') return { time_window: state.period };
  return { start_date: state.start ?? '', end_date: state.end ?? '' };
}

function granularity(totals) {
  const days = (Date.parse(totals.periodEnd) - Date.parse(totals.periodStart)) / DAY_MS;
  return days <= 2 ? 'hour' : days <= 100 ? 'day' : days <= 400 ? 'week' : 'month';
}

function showFigures(totals, margin) {
  const { unpricedEventCount: unpriced, estimatedEventCount: estimated, changePercent: change } = totals;
  const changed = change === null ? '' : `${change > 0 ? '+' : ''}${change} % against the ${dollars(totals.previousPeriodCostNanos)} before`;
  const figures = [
    figure(
      'Cost', cost(totals), changed,
      unpriced > 0 && `without ${calls(unpriced)} of unknown price`,
      estimated > 0 && `of it ${calls(estimated)} by estimate`,
    ),
    figure('Calls', count(totals.eventCount)),
    figure('Tokens', count(totals.totalTokens), `${count(totals.inputTokens)} in, ${count(totals.outputTokens)} out`),
  ];
  if (margin && margin.revenueNanos !== '0') {
    const percent = margin.marginPercent === null ? '' : `${margin.marginPercent} % of ${dollars(margin.revenueNanos)}`;
    figures.push(figure('Margin', `${margin.isFloor ? 'at most ' : ''}${dollars(margin.marginNanos)}`, percent));
  }
  $('figures').replaceChildren(...figures);
  $('figures').querySelector('dd').title = `${dollars(totals.totalCostNanos, true)} USD`;
}

function showTrend(points) {
  const [width, height] = [900, 180];
  const highest = Math.max(...points.map((point) => point.totalCost), 1e-9);
  const step = width / Math.max(points.length, 1);
  const bar = (attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const bars = points.flatMap((point, index) => {
    const size = (point.totalCost / highest) * (height - 8);
    const place = { x: index * step + step * 0.1, width: step * 0.8 };
    const whole = bar({ ...place, y: 0, height, class: 'day' });
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = `${point.date}: ${cost(point)}, ${calls(point.eventCount)}`;
    whole.append(title);
    return [bar({ ...place, y: height - size, height: size, class: point.isFloor ? 'floor' : '' }), whole];
  });
  $('trend').replaceChildren(...bars);
  const dearest = points.find((point) => point.totalCost === highest);
  $('trend').setAttribute('aria-label', `Cost over time${dearest ? `, at most ${cost(dearest)} on ${dearest.date}` : ''}`);
  const ends = [points.at(0), dearest, points.at(-1)].map((point, index) => point && (index === 1 ? `most: ${cost(point)} on ${point.date}` : point.date));
  $('trend-range').replaceChildren(...ends.filter(Boolean).map((text) => element('span', text)));
}

function row(item) {
  const name = item.attributionValue;
  const first = element('td', name === null ? '(none)' : undefined);
  if (name !== null && state.by === 'by-end-user') {
    const button = element('button', name, { type: 'button' });
    button.addEventListener('click', () => go({ customer: name, by: 'by-model' }));
    first.append(button);
  } else if (name !== null) {
    first.textContent = name;
  }
  const share = element('td');
  share.append(element('progress', undefined, { max: 100, value: item.percentOfTotal, 'aria-label': `${item.percentOfTotal} %` }));
  const price = element('td', cost(item), { title: `${dollars(item.totalCostNanos, true)} USD` });
  const made = element('tr');
  made.append(first, price, share, ...[item.eventCount, item.inputTokens, item.outputTokens].map((number) => element('td', count(number))));
  return made;
}

function showBreakdown(title, items) {
  shown = { title, items };
  $('grouped').textContent = title;
  $('breakdown').tBodies[0].replaceChildren(...items.slice(0, MOST_ROWS).map(row));
  const left = items.length - MOST_ROWS;
  $('more').textContent = items.length === 0 ? 'Nothing was recorded in this period.' : left > 0 ? `${count(left)} more are in the CSV.` : '';
}

function showGroupings() {
  const possible = GROUPINGS.filter((grouping) => !state.customer || grouping.ofCustomer);
  if (!possible.some((grouping) => grouping.by === state.by)) state.by = possible[0].by;
  const buttons = possible.map(({ by, title }) => {
    const button = element('button', `by ${title.toLowerCase()}`, { type: 'button', 'aria-pressed': by === state.by });
    button.addEventListener('click', () => go({ by }));
    return button;
  });
  $('groupings').replaceChildren(...buttons);
  return GROUPINGS.find((grouping) => grouping.by === state.by);
}

function showBudgets(budgets) {
  $('budgets').hidden = !budgets || budgets.length === 0 || Boolean(state.customer);
  const rows = (budgets ?? []).map((budget) => {
    const made = element('tr');
    const name = budget.name ?? (budget.value === null ? budget.kind : `${budget.kind} ${budget.value}`);
    const expected = budget.projected === null ? 'too little data' : `$${budget.projected.toFixed(2)}`;
    made.append(
      element('td', budget.message ? `${name}: ${budget.message}` : name),
      element('td', `${budget.isFloor ? 'at least ' : ''}${dollars(budget.spentNanos)}`),
      element('td', dollars(budget.amountNanos)),
      element('td', `${budget.percentUsed} %`),
      element('td', expected),
    );
    return made;
  });
  $('budgets').querySelector('tbody').replaceChildren(...rows);
}

async function show() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  note('Asking …');
  const grouping = showGroupings();
  const place = state.customer ? `end-user-costs/${encodeURIComponent(state.customer)}` : 'cost-data';
  try {
    const totals = await get(`${place}/summary`, range());
    const [trend, breakdown, margin, budgets, customers] = await Promise.all([
      get(`${place}/trend`, { ...range(), granularity: granularity(totals) }),
      get(`${place}/${grouping.by}`, range()),
      state.customer ? null : getIfAllowed('margins/summary', range()),
      state.customer ? null : getIfAllowed('budgets'),
      getIfAllowed('end-users', { limit: 1000 }),
    ]);
    if (signal.aborted) return;
    sessionStorage.setItem('key', $('key').value);
    $('title').textContent = `${state.customer || 'All customers'}, ${trend.items.at(0)?.date ?? ''} to ${trend.items.at(-1)?.date ?? ''}`;
    showFigures(totals, margin?.summary);
    showTrend(trend.items);
    showBreakdown(grouping.title, breakdown.items);
    showBudgets(budgets?.budgets);
    const known = customers?.endUsers ?? customers?.items ?? [];
    $('customers').replaceChildren(...known.map((user) => element('option', undefined, { value: user.externalId })));
    note('');
    $('report').hidden = false;
    $('forget').hidden = false;
  } catch (error) {
    if (signal.aborted) return;
    note(error instanceof Refused ? error.message : 'The service cannot be reached.', true);
    $('report').hidden = true;
    if (error.status === 401) $('key').focus();
  }
}

function note(text, isBad = false) {
  $('note').textContent = text;
  $('note').classList.toggle('bad', isBad);
}

/** Changes what is shown. It stands in the address, so that a link leads here; the key never does. */
function go(change) {
  for (const [name, value] of Object.entries(change)) {
    if (value) state[name] = value;
    else delete state[name];
  }
  history.replaceState(null, '', `#${new URLSearchParams(state)}`);
  fill();
  if ($('key').value) show();
}

function fill() {
  $('period').value = state.period;
  $('dates').hidden = state.period !== 'dates';
  $('start').value = state.start ?? '';
  $('end').value = state.end ?? '';
  $('customer').value = state.customer ?? '';
}

/** Quoted as RFC 4180 has it. A text that a spreadsheet would run as a formula is made a text. */
function csvField(value) {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function download() {
  const head = [shown.title, 'cost_usd', 'is_floor', 'calls', 'unpriced_calls', 'input_tokens', 'output_tokens'];
  const lines = shown.items.map((item) => [
    csvField(item.attributionValue), isUnpriced(item) ? '' : dollars(item.totalCostNanos, true), item.isFloor, item.eventCount,
    item.unpricedEventCount, item.inputTokens, item.outputTokens,
  ]);
  const text = [head, ...lines].map((line) => line.join(',')).join('\r\n');
  const link = element('a', undefined, { download: `costs-${state.by}.csv`, href: URL.createObjectURL(new Blob([`${text}\r\n`], { type: 'text/csv' })) });
  link.click();
  URL.revokeObjectURL(link.href);
}

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  go({ period: $('period').value, start: $('start').value, end: $('end').value, customer: $('customer').value });
});
$('period').addEventListener('change', () => { $('dates').hidden = $('period').value !== 'dates'; });
$('csv').addEventListener('click', download);
$('forget').addEventListener('click', () => {
  sessionStorage.removeItem('key');
  location.reload();
});

window.addEventListener('hashchange', () => {
  state = addressed();
  go({});
});
$('key').value = sessionStorage.getItem('key') ?? '';
fill();
if ($('key').value) show();
