// Runs a script in Vercel's edge runtime and prints what it leaves in `results`. `node realm.mjs <script> <folder of the wasm>`
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { EdgeVM } = createRequire(new URL('project/package.json', import.meta.url))('@edge-runtime/vm');
const [script, folder] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
const modules = Object.fromEntries(names.map((name) => [`./${name}?module`, new WebAssembly.Module(readFileSync(join(folder, name)))]));
const realm = new EdgeVM({ extend: (context) => Object.assign(context, { modules }) });
realm.evaluate(readFileSync(script, 'utf8'));
console.log(JSON.stringify(await realm.context.results));
process.exit();
