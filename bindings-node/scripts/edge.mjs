// Makes the package's files for where there is no Node, of the same TypeScript and of the module that
// `cargo xtask wasm-module` built: one file for each way in which a runtime loads wasm.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { wasmText } from './wasm-text.mjs';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const wasm = join(home, 'wasm/pkg/bearlumen_bg.wasm');
const out = join(home, 'dist/edge');

/** The endings by which files are looked for, before those that serve everywhere. */
const KINDS = { workerd: ['.workerd.ts'], 'edge-light': ['.edge-light.ts'], inline: [] };

mkdirSync(out, { recursive: true });
copyFileSync(wasm, join(out, 'bearlumen.wasm'));
for (const [name, endings] of Object.entries(KINDS)) {
  await build({
    entryPoints: [join(home, 'src/index.ts')],
    outfile: join(out, `${name}.mjs`),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    legalComments: 'none',
    resolveExtensions: [...endings, '.web.ts', '.ts', '.js'],
    plugins: [module(name === 'inline')],
  });
}

/** The wasm as text inside the file, or left for the runtime to load. */
function module(isInline) {
  return {
    name: 'module',
    setup(build) {
      build.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => (isInline ? { path: wasm } : { path, external: true }));
      build.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: wasmText(readFileSync(path)), loader: 'js' }));
    },
  };
}
