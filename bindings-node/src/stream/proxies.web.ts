/**
 * True for an object that may answer for fields which it does not list. No proxy can be told from what it stands for
 * here; of one that lists something of use, no more than that is read.
 */
export function mayHide(_value: object, listsSomething: boolean): boolean {
  return !listsSomething;
}
