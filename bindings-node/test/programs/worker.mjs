// A worker with a client of its own, or with one that it leaves behind.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { BearLumen } from '@bearlumen/node-sdk';

const bear = new BearLumen({ apiKey: 'sk_test_worker', baseUrl: workerData.baseUrl });
for (let index = 0; index < workerData.count; index += 1) {
  bear.track(null, { model: 'm', units: { characters: 1 }, idempotencyKey: `${workerData.name}-${index}` });
}
if (workerData.ending === 'shutdown') parentPort.postMessage({ isMainThread, stats: await bear.shutdown() });
if (workerData.ending === 'stay') {
  parentPort.postMessage('ready');
  setInterval(() => {}, 1000);
}
