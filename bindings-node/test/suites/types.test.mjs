import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const clean = dirname(dirname(fileURLToPath(import.meta.url)));

for (const project of ['cjs', 'esm', 'bundler']) {
  test(`a strict ${project} project compiles`, () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(clean, 'node_modules/typescript/bin/tsc'), '--noEmit', '--project', join(clean, 'types', project)],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}
