import { runAll } from './program.mjs';

console.log(JSON.stringify(await runAll()));
