// Rounds in turns and the lines that the bench prints.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** The built package, as it is installed in a clean folder. */
export const { BearLumen, costOf } = createRequire(resolve('target/node/index.js'))('@bearlumen/node-sdk');
export const RESPONSE = process.env.BENCH_RESPONSE;
export const STUB = process.env.BENCH_STUB;
const ROUNDS = 5;

export function tell(what, value, unit, beside, ratio) {
  console.log(JSON.stringify({ what, value, unit, beside, ratio }));
}

export const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Nanoseconds of the call in the middle, the clock's own included. */
export function medianOfCalls(call, calls) {
  const times = new Array(calls).fill(0);
  for (let number = 0; number < calls; number += 1) {
    const started = process.hrtime.bigint();
    call(number);
    times[number] = Number(process.hrtime.bigint() - started);
  }
  return middle(times);
}

/** Nanoseconds a call in the mean: with whatever is put off to every so many calls, and the collector's turns. */
export function meanOfCalls(call, calls) {
  const started = process.hrtime.bigint();
  for (let number = 0; number < calls; number += 1) call(number);
  return Number(process.hrtime.bigint() - started) / calls;
}

/** The median of some rounds of each; all of them have their turn in each round. The first turns only warm up. */
export async function inTurns(contenders, wanted = ROUNDS) {
  const rounds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < wanted; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const value = await run();
      if (round >= 0) rounds[name].push(value);
    }
  }
  return Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, middle(values)]));
}

/** How many events the stub has taken at a path. */
export async function delivered(path) {
  const counts = await (await fetch(`${STUB}/counts`)).json();
  return counts[path] ?? 0;
}
