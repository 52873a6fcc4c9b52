// Runs the suites in a clean project with the packed package. `node test/run.mjs [name of a suite]…`
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { home, inCleanProject, vectors } from './clean.mjs';

await inCleanProject(['suites', 'support', 'programs', 'types'], (clean, tarball) => {
  const wanted = process.argv.slice(2);
  const suites = readdirSync(join(clean, 'suites'))
    .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
    .map((file) => join('suites', file));
  const run = spawnSync(process.execPath, ['--test', ...suites], {
    cwd: clean,
    stdio: 'inherit',
    env: { ...process.env, BEARLUMEN_TEST_TARBALL: tarball, BEARLUMEN_TEST_SOURCE: home, BEARLUMEN_TEST_VECTORS: vectors },
  });
  process.exitCode = run.status ?? 1;
});
