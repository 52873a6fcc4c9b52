// Builds the addon for this machine and puts it where the package takes it from.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const isRelease = !process.argv.includes('--debug');

const args = ['build', '--package', 'bearlumen-node', '--message-format', 'json-render-diagnostics'];
if (isRelease) args.push('--release');
const output = execFileSync('cargo', args, {
  cwd: home,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 2 ** 28,
});
const built = output
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .findLast((message) => message.reason === 'compiler-artifact' && message.target.name === 'bearlumen_node');

const target = join(home, 'native', `bearlumen.${build()}.node`);
mkdirSync(dirname(target), { recursive: true });
copyFileSync(built.filenames[0], target);
process.stdout.write(`${target}\n`);

/** The names that `src/native/load.ts` looks for. */
function build() {
  const host = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return host;
  return `${host}-${process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}
