// The least time of a costOf(), in nanoseconds.
const { costOf } = await import(process.env.BENCH_SDK);
const response = process.env.BENCH_RESPONSE;

let best = Infinity;
for (let round = 0; round < 20; round += 1) {
  const started = process.hrtime.bigint();
  for (let call = 0; call < 2_000; call += 1) costOf(response);
  best = Math.min(best, Number(process.hrtime.bigint() - started) / 2_000);
}
console.log(best);
