import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const clean = dirname(dirname(fileURLToPath(import.meta.url)));

for (const project of ['cjs', 'esm', 'bundler']) {
  test(`a strict ${project} project compiles`, () => {
    const { status, stdout } = compiled(project);
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}

for (const condition of ['browser', 'workerd', 'edge-light', 'deno']) {
  test(`a strict project compiles for ${condition}, where there are no types of Node`, () => {
    const { status, stdout } = compiled('dom', '--customConditions', condition);
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}

function compiled(project, ...more) {
  return spawnSync(
    process.execPath,
    [join(clean, 'node_modules/typescript/bin/tsc'), '--noEmit', ...more, '--project', join(clean, 'types', project)],
    { encoding: 'utf8' },
  );
}
