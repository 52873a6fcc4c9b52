import type { CallCost } from './cost-of';
import type { Cost, CostLine, Usage, Warning } from './cost';
import { addon } from './native/load';

type CostWords = [basis: Cost['basis'], priceId: string | null, lines: [bucket: string, rate: string, modifiers: string[]][]];

/** The first line of what `shared/src/packed.rs` writes. */
type Words = [
  provider: string,
  format: string,
  confidence: CallCost['confidence'],
  isSoleCandidate: boolean,
  model: string | null,
  usage: string[],
  warnings: Warning[],
  cost: CostWords,
  computedCost: CostWords | null,
  incomplete: boolean,
];

/** First lines that were read before. */
const known = new Map<string, Words>();
const MOST_KNOWN = 256;

/** The lists of candidates by format, then by who stands first: there are only a few. */
const candidates = new Map<string, Map<string, string[]>>();

/** The object that a packed call stands for. */
export function unpack(text: string): CallCost {
  const end = text.indexOf('\n');
  const [provider, format, confidence, isSole, model, buckets, warnings, cost, computed, incomplete] = wordsOf(text.slice(0, end));
  const numbers = numbersOf(text, end + 1);
  const usage: Usage = {};
  let at = 0;
  for (const bucket of buckets) usage[bucket] = numbers[at++] as number;
  const call = {
    provider,
    format,
    confidence,
    candidates: isSole ? [provider] : candidatesAmong(format, provider),
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

function wordsOf(line: string): Words {
  let words = known.get(line);
  if (words === undefined) {
    words = JSON.parse(line) as Words;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(line, words);
  }
  return words;
}

/** The numbers from `at` on, a comma behind each; null for an empty place. */
function numbersOf(text: string, at: number): (number | null)[] {
  const numbers: (number | null)[] = [];
  let start = at;
  let whole = 0;
  let isWhole = true;
  for (; at < text.length; at++) {
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

function candidatesAmong(format: string, first: string): string[] {
  let lists = candidates.get(format);
  if (lists === undefined) candidates.set(format, (lists = new Map<string, string[]>()));
  let list = lists.get(first);
  if (list === undefined) lists.set(first, (list = addon.candidatesAmong(format, first)));
  return list.slice();
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
