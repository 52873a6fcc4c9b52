// The shared vectors by file name.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.BEARLUMEN_TEST_VECTORS;

export function vectors(kind) {
  return readdirSync(join(root, kind))
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file.replace('.json', ''), ...JSON.parse(readFileSync(join(root, kind, file), 'utf8')) }));
}

export const errorCodes = JSON.parse(readFileSync(join(root, 'errors', 'codes.json'), 'utf8'));
