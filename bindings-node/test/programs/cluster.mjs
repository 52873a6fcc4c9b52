// Two processes that share a port, each with a client of its own.
import cluster from 'node:cluster';
import { BearLumen } from '@bearlumen/node-sdk';

const baseUrl = process.argv[2];
if (cluster.isPrimary) {
  for (const name of ['a', 'b']) cluster.fork({ NAME: name });
  let left = 2;
  cluster.on('exit', () => {
    left -= 1;
    if (left === 0) process.exit(0);
  });
} else {
  const bear = new BearLumen({ apiKey: 'sk_test_cluster', baseUrl });
  for (let index = 0; index < 5; index += 1) {
    bear.track(null, { model: 'm', units: { characters: 1 }, idempotencyKey: `${process.env.NAME}-${index}` });
  }
  await bear.shutdown();
  cluster.worker.disconnect();
}
