import type { CallCost } from './cost-of';
import type { Cost, CostLine, Usage, Warning } from './cost';
import { addon } from './native/load';

/** Five values a line: bucket, quantity, rate, modifiers, amount. */
type PackedLines = (string | number | string[])[];

type PackedCost = [
  amount: number | null,
  amountNanos: number | null,
  basis: Cost['basis'],
  low: number | null,
  high: number | null,
  priceId: string | null,
  lines: PackedLines,
];

/** What `src/packed.rs` writes. */
export type PackedCall = [
  provider: string,
  format: string,
  confidence: CallCost['confidence'],
  isSoleCandidate: boolean,
  model: string | null,
  usage: (string | number)[],
  totals: [number, number, number, number | null],
  warnings: string[],
  cost: PackedCost,
  computedCost: PackedCost | null,
  incomplete: boolean,
];

/** The lists of candidates by format, then by who stands first: there are only a few. */
const known = new Map<string, Map<string, string[]>>();

/** The object that a packed call stands for. */
export function unpack(packed: PackedCall): CallCost {
  const [provider, format, confidence, isSole, model, usage, totals, warnings, cost, computed, incomplete] = packed;
  const call: CallCost = {
    provider,
    format,
    confidence,
    candidates: isSole ? [provider] : candidatesAmong(format, provider),
    model,
    usage: usageOf(usage),
    totals: {
      inputTokens: totals[0],
      outputTokens: totals[1],
      totalTokens: totals[2],
      statedTotalTokens: totals[3],
    },
    warnings: warningsOf(warnings),
    cost: costOf(cost),
    incomplete,
  };
  if (computed !== null) call.computedCost = costOf(computed);
  return call;
}

function candidatesAmong(format: string, first: string): string[] {
  let lists = known.get(format);
  if (lists === undefined) known.set(format, (lists = new Map<string, string[]>()));
  let list = lists.get(first);
  if (list === undefined) lists.set(first, (list = addon.candidatesAmong(format, first)));
  return list.slice();
}

function usageOf(pairs: (string | number)[]): Usage {
  const usage: Usage = {};
  for (let at = 0; at < pairs.length; at += 2) usage[pairs[at] as string] = pairs[at + 1] as number;
  return usage;
}

function warningsOf(pairs: string[]): Warning[] {
  const warnings: Warning[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    warnings.push({ code: pairs[at] as string, message: pairs[at + 1] as string });
  }
  return warnings;
}

function costOf([amount, amountNanos, basis, low, high, priceId, lines]: PackedCost): Cost {
  return { amount, amountNanos, currency: 'USD', basis, low, high, priceId, lines: linesOf(lines) };
}

function linesOf(values: PackedLines): CostLine[] {
  const lines: CostLine[] = [];
  for (let at = 0; at < values.length; at += 5) {
    lines.push({
      bucket: values[at] as string,
      quantity: values[at + 1] as number,
      rate: values[at + 2] as string,
      modifiers: values[at + 3] as string[],
      amountNanos: values[at + 4] as number,
    });
  }
  return lines;
}
