// Tracks, then ends in the way that is asked for.
import { BearLumen } from '@bearlumen/node-sdk';

const [, , baseUrl, ending, count = '3'] = process.argv;
const bear = new BearLumen({
  apiKey: 'sk_test_program',
  baseUrl,
  logger: { warn: (text) => process.stderr.write(`${text}\n`) },
});
for (let index = 0; index < Number(count); index += 1) {
  bear.track(null, { model: 'm', units: { characters: 1 }, idempotencyKey: `${process.pid}-${index}` });
}
const endings = {
  nothing: () => {},
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('the program failed');
  },
  shutdown: async () => {
    const stats = await bear.shutdown();
    process.stdout.write(JSON.stringify(stats));
  },
  midStream: async () => {
    const usage = { input_tokens: 25, output_tokens: 1 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', content: [], usage };
    const stream = bear.track([{ type: 'message_start', message }, { type: 'message_stop' }].values(), { idempotencyKey: 'stream' });
    globalThis.held = stream;
    stream.next();
  },
  whileSending: () => setTimeout(() => process.stdout.write('over'), 1_300),
  flushLate: () => setTimeout(() => void bear.flush(), 50),
  sigterm: () => {
    process.once('SIGTERM', () => void bear.shutdown().then(() => process.exit(0)));
    setInterval(() => {}, 1000);
    process.stdout.write('ready');
  },
};
await endings[ending]();
