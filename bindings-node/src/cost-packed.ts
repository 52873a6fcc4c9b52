import type { CallCost } from './cost-of';
import type { Cost, CostLine, Usage, Warning } from './cost';
import { addon } from './native/load';

type CostWords = [basis: Cost['basis'], priceId: string | null, lines: [bucket: string, rate: string, modifiers: string[]][]];

/** What `packedWords` answers. */
type Words = [
  provider: string,
  format: string,
  confidence: CallCost['confidence'],
  candidates: string[],
  model: string | null,
  usage: string[],
  warnings: Warning[],
  cost: CostWords,
  computedCost: CostWords | null,
  incomplete: boolean,
];

/** The words that were asked for before, by their number. */
const known = new Map<number, Words>();
const MOST_KNOWN = 256;

/** The object that a packed call stands for. */
export function unpack(text: string): CallCost {
  const numbers = numbersOf(text);
  const [provider, format, confidence, candidates, model, buckets, warnings, cost, computed, incomplete] = wordsOf(numbers[0] as number);
  const usage: Usage = {};
  let at = 1;
  for (const bucket of buckets) usage[bucket] = numbers[at++] as number;
  const call = {
    provider,
    format,
    confidence,
    candidates: candidates.slice(),
    model,
    usage,
    totals: {
      inputTokens: numbers[at] as number,
      outputTokens: numbers[at + 1] as number,
      totalTokens: numbers[at + 2] as number,
      statedTotalTokens: numbers[at + 3] ?? null,
    },
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    cost: costOf(cost, numbers, at + 4),
  } as CallCost;
  // In the core's order, so that its JSON is the core's.
  if (computed !== null) call.computedCost = costOf(computed, numbers, at + 7 + 2 * cost[2].length);
  call.incomplete = incomplete;
  return call;
}

function wordsOf(number: number): Words {
  let words = known.get(number);
  if (words === undefined) {
    words = JSON.parse(addon.packedWords(number)) as Words;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(number, words);
  }
  return words;
}

/** The numbers, a comma behind each; null for an empty place. */
function numbersOf(text: string): (number | null)[] {
  const numbers: (number | null)[] = [];
  let start = 0;
  let whole = 0;
  let isWhole = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      whole = whole * 10 + code - 48;
    } else if (code === 44) {
      numbers.push(at === start ? null : isWhole ? whole : Number(text.slice(start, at)));
      start = at + 1;
      whole = 0;
      isWhole = true;
    } else {
      isWhole = false;
    }
  }
  return numbers;
}

function costOf([basis, priceId, lines]: CostWords, numbers: (number | null)[], at: number): Cost {
  return {
    amount: dollars(numbers[at]),
    amountNanos: numbers[at] ?? null,
    currency: 'USD',
    basis,
    low: dollars(numbers[at + 1]),
    high: dollars(numbers[at + 2]),
    priceId,
    lines: linesOf(lines, numbers, at + 3),
  };
}

function linesOf(words: CostWords[2], numbers: (number | null)[], at: number): CostLine[] {
  const lines: CostLine[] = [];
  for (const [bucket, rate, modifiers] of words) {
    lines.push({
      bucket,
      quantity: numbers[at++] as number,
      rate,
      modifiers: modifiers.slice(),
      amountNanos: numbers[at++] as number,
    });
  }
  return lines;
}

/** The nearest double, as everywhere: nano-dollars stay below 2^53. */
function dollars(nanos: number | null | undefined): number | null {
  return nanos == null ? null : nanos / 1e9;
}
