// The functions that ask about costs that are there already, by themselves. In Node the package has them at hand anyway;
// where it is wasm they are a module of their own, which is loaded by importing this.
export { anomalies, forecast, route, savings } from './index';
export type * from './advice';
