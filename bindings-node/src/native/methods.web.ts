/** Answers a question of `forecast`, `anomalies`, `savings` or `route`, by name. */
export type Answerer = (name: string, question: string) => string;

// Programs may bundle the package's files apart, and a file more than once: what they have in common is the realm.
const PLACE = Symbol.for('@bearlumen/node-sdk/methods');
const realm = globalThis as { [PLACE]?: Answerer };

/** Says who answers, from now on, to everything in this realm. */
export function provideMethods(answerer: Answerer): void {
  realm[PLACE] = answerer;
}

/** @throws Error when nobody does */
export function askMethods(name: string, question: string): string {
  const answerer = realm[PLACE];
  if (answerer === undefined) {
    throw new Error(`${name}() is not part of what every page and Worker loads: import '@bearlumen/node-sdk/methods', which brings it along`);
  }
  return answerer(name, question);
}
