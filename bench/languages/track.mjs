// Responses as the provider's SDK answers them, tracked over and over: by us, and by the peer.
import { posthog, posthogTrack } from './peers.mjs';
import { BearLumen, RESPONSE, STUB, inTurns, meanOfCalls, medianOfCalls, tell } from './rounds.mjs';

const CALLS = 10_000;

/** Parsed JSON with the id of its request, which does not show. Each has numbers of its own. */
const responses = Array.from({ length: 256 }, (_, index) => {
  const response = JSON.parse(RESPONSE);
  response.usage.prompt_tokens += index;
  response.usage.total_tokens += index;
  return Object.defineProperty(response, '_request_id', { value: 'req_1', enumerable: false });
});
const options = { userId: 'user_123', feature: 'chat' };
const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: STUB });
const peer = posthog();

const of = (call, settle, measure = medianOfCalls) => async () => {
  const nanos = measure((number) => call(responses[number & 255]), CALLS);
  await settle();
  return nanos;
};
const flushed = () => bear.flush();

// Where each call is timed by itself, the clock's own time is taken off.
const CLOCK = '(the clock alone)';
const MEAN = 'in the mean';
const OURS = 'bearlumen: track(object)';
const figures = await inTurns({
  [CLOCK]: of(() => {}, () => {}),
  [OURS]: of((response) => bear.track(response), flushed),
  [`bearlumen: the same ${MEAN}, events made`]: of((response) => bear.track(response), flushed, meanOfCalls),
  'bearlumen: the same with user and feature': of((response) => bear.track(response, options), flushed),
  'bearlumen: the same, and its cost read': of((response) => bear.track(response).cost.amount, flushed),
  'posthog: capture': of((response) => posthogTrack(peer, response), () => peer.flush()),
  [`posthog: the same ${MEAN}`]: of((response) => posthogTrack(peer, response), () => peer.flush(), meanOfCalls),
});
const { tracked, sent } = bear.stats();
if (sent !== tracked) throw new Error(`${sent} of ${tracked} arrived`);
const { [CLOCK]: clock, ...others } = figures;
tell(`Node: ${CLOCK}`, clock / 1000, 'us');
const took = Object.fromEntries(Object.entries(others).map(([name, nanos]) => [name, nanos - (name.includes(MEAN) ? 0 : clock)]));
for (const [name, nanos] of Object.entries(took)) {
  const ratio = name === 'posthog: capture' ? nanos / took[OURS] : undefined;
  tell(`Node: ${name}`, nanos / 1000, 'us', 'what track(object) takes', ratio);
}
process.exit(0);
