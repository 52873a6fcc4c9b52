import { types } from 'node:util';

/** True for an object that may answer for fields which it does not list, even where its class has none. */
export function mayHide(value: object, _listsSomething: boolean): boolean {
  return types.isProxy(value);
}
