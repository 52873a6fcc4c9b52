// A clean project with the packed package and the providers' SDKs in it: what is tested is what users get.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const home = dirname(here);
export const vectors = join(dirname(home), 'tests', 'vectors');

const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Runs `work` with the project's folder and the package's path; the folder is gone afterwards. */
export async function inCleanProject(parts, work) {
  const clean = mkdtempSync(join(tmpdir(), 'bearlumen-node-'));
  try {
    const tarball = resolve(process.env.BEARLUMEN_TEST_TARBALL ?? pack(clean));
    cpSync(join(here, 'project'), clean, { recursive: true });
    for (const part of parts) cpSync(join(here, part), join(clean, part), { recursive: true });
    npm(['ci', ...quiet], clean);
    npm(['install', '--no-save', ...quiet, tarball], clean);
    return await work(clean, tarball);
  } finally {
    rmSync(clean, { recursive: true, force: true });
  }
}

/** Installs a folder's lock file, unless that was done before. */
export function installed(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed-from');
  try {
    if (readFileSync(stamp, 'utf8') === lock) return;
  } catch {
    // Not yet.
  }
  npm(['ci', ...quiet], folder);
  writeFileSync(stamp, lock);
}

function pack(clean) {
  const to = join(clean, 'packed');
  mkdirSync(to);
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', to, '--loglevel=error'], home));
  return join(to, filename.replace('@', '').replace('/', '-'));
}
