import * as wasm from '../wasm/pkg/methods';
import { methodsModule } from './native/methods-module';
import { provideMethods } from './native/methods';

let isReady = false;

provideMethods((name, question) => {
  if (!isReady) wasm.initSync({ module: methodsModule() });
  isReady = true;
  return wasm.advice(name, question);
});

export { anomalies, forecast, route, savings } from './index';
export type * from './advice';
