// Whole processes that require it and end, beside one that does nothing, in turns, in processor time: what else the
// machine does meanwhile does not count.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { inTurns, middle, tell } from './rounds.mjs';

const ours = resolve('target/node');
const theirs = resolve('bench/languages');

function run(program, cwd) {
  const times = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const told = `${program}; process.on('exit', () => { const { user, system } = process.cpuUsage(); console.log(user + system); })`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', told], { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    times.push(Number(stdout) / 1000);
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
