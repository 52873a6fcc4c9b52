// Prices one response over and over, as text and as the object people hold.
import { calcPrice, extractUsage, findProvider } from '@pydantic/genai-prices';
import { RESPONSE, costOf, inTurns, medianOfCalls, tell } from './rounds.mjs';

// The peer must be told who answered, and in which of the provider's formats.
const openai = findProvider({ providerId: 'openai' });
function byGenaiPrices() {
  const { usage, model } = extractUsage(openai, JSON.parse(RESPONSE), 'chat');
  return calcPrice(usage, model, { providerId: 'openai' }).total_price;
}

const object = JSON.parse(RESPONSE);
const PEER = 'genai-prices, text to amount (peer)';
const figures = await inTurns({
  [PEER]: () => medianOfCalls(byGenaiPrices, 5_000),
  'costOf(string)': () => medianOfCalls(() => costOf(RESPONSE), 5_000),
  'costOf(object)': () => medianOfCalls(() => costOf(object), 5_000),
  'JSON.parse alone (floor)': () => medianOfCalls(() => JSON.parse(RESPONSE), 5_000),
});
for (const [name, nanos] of Object.entries(figures)) {
  tell(`Node: ${name}`, nanos, 'ns', 'as fast as genai-prices', name === PEER ? undefined : figures[PEER] / nanos);
}
