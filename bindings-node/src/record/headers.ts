import { writeText } from './text';

/** HTTP headers as `fetch` and Node have them: a `Headers`, pairs, or a plain object. */
export type HttpHeaders =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | number | undefined>>;

/** Names and values as they travel beside a record. A header that has no text is left out. */
export function writeHeaders(headers: HttpHeaders): string {
  const pairs: Iterable<readonly [unknown, unknown]> =
    Symbol.iterator in headers ? headers : Object.entries(headers);
  let out = '';
  for (const [name, value] of pairs) {
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (typeof name === 'string' && (typeof text === 'string' || typeof text === 'number')) out += writeText(name) + writeText(String(text));
  }
  return out;
}
