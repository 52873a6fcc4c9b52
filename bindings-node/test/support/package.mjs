// The installed package, its public face and, for the scripted vectors, its inside.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const require = createRequire(import.meta.url);
export const folder = dirname(require.resolve('@bearlumen/node-sdk/package.json'));
export const { addon } = require(join(folder, 'dist/native/load.js'));
