// Vercel's edge runtime, as `next dev` and Vercel's own tools run it: a realm of its own, with what that runtime has and
// nothing of Node's. Modules of wasm are compiled outside of it and handed in, which is what its bundlers make of
// `import module from './x.wasm?module'`.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../bundle.mjs';

const run = promisify(execFile);

export async function runEdgeLight(stage) {
  try {
    stage.require.resolve('@edge-runtime/vm');
  } catch {
    return 'the npm package @edge-runtime/vm is not installed';
  }
  const file = join(stage.clean, 'edge-light.js');
  const text = await bundle({
    ...stage,
    entry: join(stage.here, 'page.mjs'),
    conditions: ['edge-light', 'browser'],
    endings: ['.edge-light.ts'],
    format: 'iife',
    plugins: [handedIn()],
  });
  writeFileSync(file, text);
  const wasm = join(stage.clean, 'node_modules/@bearlumen/node-sdk/dist/edge');
  const { stdout } = await run(process.execPath, [join(stage.here, 'realm.mjs'), file, wasm], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function handedIn() {
  return {
    name: 'handed-in',
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: 'handed-in' }));
      build.onLoad({ filter: /.*/, namespace: 'handed-in' }, ({ path }) => ({ contents: `export default globalThis.modules[${JSON.stringify(path)}];` }));
    },
  };
}
