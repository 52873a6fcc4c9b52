// Tracks into a spool, then stays or dies.
import { BearLumen } from '@bearlumen/node-sdk';

const [, , baseUrl, spoolDir, name, count, ending] = process.argv;
const bear = new BearLumen({ apiKey: 'sk_test_spool', baseUrl, spoolDir });
for (let index = 0; index < Number(count); index += 1) {
  bear.track(null, { model: 'm', units: { characters: 1 }, idempotencyKey: `${name}-${index}` });
}
if (ending === 'die') process.kill(process.pid, 'SIGKILL');
if (ending === 'exit') process.exit(0);
if (ending === 'stay') {
  process.stdout.write('ready');
  setInterval(() => {}, 1_000);
}
if (ending === 'shutdown') process.stdout.write(JSON.stringify(await bear.shutdown({ timeout: 200 })));
