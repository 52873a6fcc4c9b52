// Bundles a program for a runtime as its users would: esbuild, the runtime's conditions, the installed package.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { wasmText } from '../../scripts/wasm-text.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const shim = (name) => join(here, 'shims', `${name}.mjs`);

/** What of Node's suites has to be something else where there is no Node. */
const STAND_INS = [
  [/^node:test$/, shim('test')],
  [/^node:assert\/strict$/, shim('assert')],
  [/^node:crypto$/, shim('crypto')],
  [/support\/providers\.mjs$/, shim('providers')],
  [/support\/package\.mjs$/, shim('package')],
];

/**
 * The text of one file. `clean` is the project in which the package is installed; `environment` what the suites find in
 * `process.env`; `endings` what the package was built with for this runtime, for its inside.
 */
export async function bundle({ entry, conditions, clean, environment, vectors, endings, external = [], format = 'esm', plugins = [] }) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format,
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: [...conditions, 'import'],
    target: 'es2022',
    logLevel: 'error',
    define: { 'process.env': JSON.stringify(environment) },
    inject: [shim('buffer')],
    external: ['./bearlumen.wasm', './methods.wasm', ...external],
    nodePaths: [join(clean, 'node_modules'), join(here, 'project/node_modules')],
    resolveExtensions: [...endings, '.web.ts', '.ts', '.mjs', '.js'],
    plugins: [...plugins, standIns(vectors), inside(clean), ofProviders()],
  });
  return result.outputFiles[0].text;
}

function standIns(vectors) {
  return {
    name: 'stand-ins',
    setup(build) {
      for (const [filter, path] of STAND_INS) build.onResolve({ filter }, () => ({ path }));
      build.onResolve({ filter: /support\/vectors\.mjs$/ }, () => ({ path: 'vectors', namespace: 'vectors' }));
      build.onLoad({ filter: /.*/, namespace: 'vectors' }, () => ({ contents: vectorsModule(vectors) }));
    },
  };
}

/** The package's inside is bundled from its source; the wasm it loads is the one that was installed. */
function inside(clean) {
  return {
    name: 'inside',
    setup(build) {
      build.onResolve({ filter: /^\.\/bearlumen\.wasm$/ }, ({ importer, path }) =>
        importer.endsWith('module.web.ts')
          ? { path: join(clean, 'node_modules/@bearlumen/node-sdk/dist/edge/bearlumen.wasm'), namespace: 'file' }
          : { path, external: true },
      );
      build.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: wasmText(readFileSync(path)), loader: 'js' }));
    },
  };
}

/** What SDKs of providers would use of Node, if it were there, is nothing. Of us nobody has such an excuse. */
function ofProviders() {
  return {
    name: 'of-providers',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
        /node_modules\/(?!@bearlumen)/.test(importer) ? { path, namespace: 'nothing' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

function vectorsModule(root) {
  const kinds = Object.fromEntries(
    ['bytes', 'cost', 'streams', 'delivery', 'forecast', 'anomaly', 'counterfactual', 'routing'].map((kind) => [
      kind,
      readdirSync(join(root, kind))
        .filter((file) => file.endsWith('.json'))
        .map((file) => ({ name: file.replace('.json', ''), ...JSON.parse(readFileSync(join(root, kind, file), 'utf8')) })),
    ]),
  );
  const codes = readFileSync(join(root, 'errors/codes.json'), 'utf8');
  return `const kinds = ${JSON.stringify(kinds)};\nexport const vectors = (kind) => kinds[kind];\nexport const errorCodes = ${codes};`;
}
