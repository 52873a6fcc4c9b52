// The suites make bytes with Node's `Buffer`; here it is a stand-in, of which the package knows nothing.
export { Buffer } from 'buffer/';
