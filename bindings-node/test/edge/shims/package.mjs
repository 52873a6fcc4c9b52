// The inside of the package, for the scripted vectors.
export { addon } from '../../../src/native/load';
