// Tracks the Anthropic responses with the Node SDK: what a backend would do around its own calls.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

// The package stands in the demo's own folder, not beside this file.
const require = createRequire(process.env.DEMO_NODE_HOME);
const { BearLumen } = require('@bearlumen/node-sdk');

const bear = new BearLumen({ apiKey: process.env.BEARLUMEN_API_KEY, baseUrl: process.env.BEARLUMEN_BASE_URL });
const folder = new URL('./responses/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  const { user, feature, response } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  if (response.type !== 'message') continue;
  const result = bear.track(response, { userId: user, feature });
  const name = file.replace('.json', '');
  console.log(`  node    ${name.padEnd(22)} ${result.provider.padEnd(10)} ${String(result.totalTokens).padStart(7)} tokens  ${result.cost.basis}`);
}
console.log('  node   ', await bear.shutdown());
