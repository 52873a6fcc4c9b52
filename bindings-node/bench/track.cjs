// What track() costs its caller: the median over many calls, of bodies that differ.
// node bench/track.cjs [path of the installed package]
const { BearLumen } = require(process.argv[2] ?? '..');

const chat = (index) => ({
  id: `chatcmpl-${String(index).padStart(29, 'A')}`,
  object: 'chat.completion',
  created: 1741569952,
  model: 'gpt-4o-2024-08-06',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello! How can I help you today? '.repeat(20), refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 1900 + index,
    completion_tokens: 310 + index,
    total_tokens: 2210 + 2 * index,
    prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 64,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_b376dfbbd5',
});
const bodies = Array.from({ length: 256 }, (_, index) => JSON.parse(JSON.stringify(chat(index))));
const options = { userId: 'user_123', feature: 'chat' };

function measure(name, call) {
  const times = [];
  for (let round = 0; round < 6; round += 1) {
    // A new client each round: the queue's bound would make later calls cheaper.
    const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: 'http://127.0.0.1:9' });
    for (let index = 0; index < 40_000; index += 1) {
      const start = process.hrtime.bigint();
      call(bear, bodies[index & 255]);
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
    void bear.shutdown({ timeout: 1 });
  }
  const warm = times.slice(40_000).sort((a, b) => a - b);
  const at = (share) => warm[Math.floor(warm.length * share)].toFixed(2);
  console.log(`${name.padEnd(34)} p50 ${at(0.5)} us   p90 ${at(0.9)} us   p99 ${at(0.99)} us`);
}

measure('(the clock alone)', () => {});
measure('track(response)', (bear, body) => bear.track(body));
measure('track(response, options)', (bear, body) => bear.track(body, options));
measure('track(response).cost', (bear, body) => bear.track(body).cost);
const texts = bodies.map((body) => JSON.stringify(body));
measure(`track(${texts[0].length} characters of JSON)`, (bear, body) => bear.track(texts[bodies.indexOf(body) & 7]));
