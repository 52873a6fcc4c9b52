// Makes the package's files for where there is no Node, of the same TypeScript and of the modules that
// `cargo xtask wasm-module` built: a file for each way in which a runtime loads wasm, and one beside it with the methods
// that few programs ask for.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { wasmText } from './wasm-text.mjs';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const wasm = (name) => join(home, `wasm/pkg/${name}_bg.wasm`);
const out = join(home, 'dist/edge');

/** The endings by which files are looked for, before those that serve everywhere. */
const KINDS = { workerd: ['.workerd.ts'], 'edge-light': ['.edge-light.ts'], inline: [] };

mkdirSync(out, { recursive: true });
for (const name of ['bearlumen', 'methods']) copyFileSync(wasm(name), join(out, `${name}.wasm`));
for (const [name, endings] of Object.entries(KINDS)) {
  await file(name, 'src/index.ts', name, endings);
  await file(name, 'src/methods.web.ts', `methods-${name}`, endings);
}

function file(kind, entry, name, endings) {
  return build({
    entryPoints: [join(home, entry)],
    outfile: join(out, `${name}.mjs`),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    legalComments: 'none',
    resolveExtensions: [...endings, '.web.ts', '.ts', '.js'],
    plugins: [module(kind === 'inline'), main(kind)],
  });
}

/** The wasm as text inside the file, or left for the runtime to load. */
function module(isInline) {
  return {
    name: 'module',
    setup(build) {
      build.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) =>
        isInline ? { path: wasm(basename(path, '.wasm')) } : { path, external: true },
      );
      build.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: wasmText(readFileSync(path)), loader: 'js' }));
    },
  };
}

/** The package's main file, which the methods answer through: there is one set of classes. */
function main(kind) {
  return {
    name: 'main',
    setup(build) {
      build.onResolve({ filter: /^\.\/index$/ }, () => ({ path: `./${kind}.mjs`, external: true }));
    },
  };
}
