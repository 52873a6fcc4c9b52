// The suites in a page, or as a script.
import { runAll } from './program.mjs';

globalThis.results = runAll();
