// Whole processes that require it and end, beside one that does nothing, in turns.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { inTurns, middle, tell } from './rounds.mjs';

const ours = resolve('target/node');
const theirs = resolve('bench/languages');

function run(program, cwd) {
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const started = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, ['-e', program], { cwd, encoding: 'utf8' });
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
    if (status !== 0) throw new Error(stderr);
  }
  return middle(times);
}

const EMPTY = 'an empty process';
const made = `new (require('@bearlumen/node-sdk').BearLumen)({ apiKey: 'sk_test_bench', baseUrl: 'http://127.0.0.1:9' })`;
const figures = await inTurns({
  [EMPTY]: () => run('', ours),
  "require('@bearlumen/node-sdk')": () => run(`require('@bearlumen/node-sdk')`, ours),
  'require it and make a client': () => run(made, ours),
  "require('posthog-node')": () => run(`require('posthog-node')`, theirs),
});
for (const [name, millis] of Object.entries(figures)) {
  tell(`Node: ${name}${name === EMPTY ? '' : ', over it'}`, millis - (name === EMPTY ? 0 : figures[EMPTY]), 'ms');
}
