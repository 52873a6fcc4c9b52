// Packs what a release consists of, into npm/: a package with the addon for each platform, and the main package, which
// names them all as optional dependencies, so that npm installs the one that fits.
//
//   node scripts/release.mjs platform    on each platform's own machine: the addon of this platform (npm run addon)
//   node scripts/release.mjs main        once: the main package
//   … --publish                          publishes it too; without this nothing leaves the machine
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The builds that a release has; `src/native/load.ts` looks for them by these names. */
const PLATFORMS = {
  'linux-x64-gnu': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  'linux-arm64-gnu': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
  'linux-x64-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  'linux-arm64-musl': { os: ['linux'], cpu: ['arm64'], libc: ['musl'] },
  'darwin-x64': { os: ['darwin'], cpu: ['x64'] },
  'darwin-arm64': { os: ['darwin'], cpu: ['arm64'] },
  'win32-x64': { os: ['win32'], cpu: ['x64'] },
};

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
const nameOf = (build) => `${manifest.name}-${build}`;
const write = (folder, content) => writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);

const [what] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const packed = { platform: packPlatform, main: packMain }[what]?.();
if (packed === undefined) {
  process.stderr.write('node scripts/release.mjs platform|main [--publish]\n');
  process.exit(2);
}
process.stdout.write(`${packed}\n`);
if (process.argv.includes('--publish')) npm(['publish', packed, '--access', 'public'], home);

function packPlatform() {
  const build = thisBuild();
  const addon = `bearlumen.${build}.node`;
  const { version, license, repository, engines } = manifest;
  const folder = fresh(build);
  const description = `The native addon of ${manifest.name} for ${build}`;
  write(folder, { name: nameOf(build), version, description, license, repository, engines, main: addon, files: [addon], ...PLATFORMS[build] });
  copyFileSync(join(home, 'native', addon), join(folder, addon));
  return pack(folder);
}

function packMain() {
  const folder = fresh('main');
  for (const part of ['dist', 'README.md', 'CHANGELOG.md']) cpSync(join(home, part), join(folder, part), { recursive: true });
  const { scripts, devDependencies, ...rest } = manifest;
  const builds = Object.fromEntries(Object.keys(PLATFORMS).map((build) => [nameOf(build), manifest.version]));
  write(folder, { ...rest, files: ['dist', 'CHANGELOG.md'], optionalDependencies: builds });
  return pack(folder);
}

/** The build of this machine: the one whose addon is there. */
function thisBuild() {
  const host = `${process.platform}-${process.arch}`;
  const build = Object.keys(PLATFORMS).find((name) => name.startsWith(host) && existsSync(join(home, 'native', `bearlumen.${name}.node`)));
  if (build === undefined) throw new Error(`no addon for ${host} in native/: npm run addon`);
  return build;
}

function fresh(name) {
  const folder = join(home, 'npm', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function pack(folder) {
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', join(home, 'npm'), '--loglevel=error'], folder));
  return join(home, 'npm', filename.replace('@', '').replace('/', '-'));
}

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
