// Makes the package's files for Node of the TypeScript whose declarations `tsc` wrote: one file, since a process that
// looks for seventy takes three times as long to begin. What loads the addon stays a file of its own, where tracers of a
// program's files look for it.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

await file('src/index.ts', 'dist/index.js', { plugins: [apart(/(^|\/)native\/load$/, './native/load.js'), apart(/\/package\.json$/, '../package.json')] });
await file('src/methods.ts', 'dist/methods.js', { plugins: [apart(/^\.\/index$/, './index.js')] });
await file('src/native/load.ts', 'dist/native/load.js', { external: ['@bearlumen/*'] });
for (const name of ['index', 'methods']) await file(`src/${name}.mts`, `dist/${name}.mjs`, { bundle: false, format: 'esm' });

function file(entry, to, options) {
  return build({
    entryPoints: [join(home, entry)],
    outfile: join(home, to),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node18',
    charset: 'utf8',
    logLevel: 'warning',
    ...options,
  });
}

/** A file of the package that is not put into this one. */
function apart(filter, path) {
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter }, () => ({ path, external: true }));
    },
  };
}
