// Packs this package, installs the tarball in a clean project, and runs the suites there: what is tested is
// what users get. `node test/run.mjs [name of a suite]…`
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const home = dirname(here);
const clean = mkdtempSync(join(tmpdir(), 'bearlumen-node-'));
const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

try {
  const tarball = process.env.BEARLUMEN_TEST_TARBALL ?? pack();
  cpSync(join(here, 'project'), clean, { recursive: true });
  for (const part of ['suites', 'support', 'programs', 'types']) cpSync(join(here, part), join(clean, part), { recursive: true });
  npm(['ci', ...quiet], clean);
  npm(['install', '--no-save', ...quiet, resolve(tarball)], clean);

  const wanted = process.argv.slice(2);
  const suites = readdirSync(join(clean, 'suites'))
    .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
    .map((file) => join('suites', file));
  const run = spawnSync(process.execPath, ['--test', ...suites], {
    cwd: clean,
    stdio: 'inherit',
    env: {
      ...process.env,
      BEARLUMEN_TEST_TARBALL: resolve(tarball),
      BEARLUMEN_TEST_SOURCE: home,
      BEARLUMEN_TEST_VECTORS: join(dirname(home), 'tests', 'vectors'),
    },
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(clean, { recursive: true, force: true });
}

function pack() {
  const to = join(clean, 'packed');
  mkdirSync(to);
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', to, '--loglevel=error'], home));
  return join(to, filename.replace('@', '').replace('/', '-'));
}
