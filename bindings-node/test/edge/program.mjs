// Node's own suites, as far as they need no Node, and those of this folder. What counts comes first.
import './shims/spy.mjs';
import './suites/import.mjs';
import './suites/methods.mjs';
import '../suites/vectors_advice.test.mjs';
import '../suites/vectors_bytes.test.mjs';
import '../suites/vectors_cost.test.mjs';
import '../suites/vectors_streams.test.mjs';
import '../suites/vectors_delivery.test.mjs';
import '../suites/cost_of.test.mjs';
import '../suites/reference.test.mjs';
import './suites/errors.mjs';
import './suites/delivery.mjs';
import './suites/streams.mjs';

export { runAll } from './shims/test.mjs';
