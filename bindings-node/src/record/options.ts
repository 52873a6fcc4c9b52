import { shape } from './shape';
import { writeText } from './text';

/** The options of a record. A value of a kind that no option takes is written as such, and the core says so. */
export function writeOptions(options: object): string {
  const { optionIds } = shape();
  let out = '';
  try {
    for (const name in options) {
      const id = optionIds.get(name);
      if (id !== undefined) out += writeOption(id, name, options);
    }
  } catch {
    // A Proxy may refuse to be listed: it then has no options.
  }
  return out;
}

function writeOption(id: number, name: string, options: object): string {
  try {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) return '';
    return id + (name === 'metadata' ? writeJson(value) : writeValue(value, true));
  } catch {
    return `${id}?`;
  }
}

function writeValue(value: unknown, mayNest: boolean): string {
  switch (typeof value) {
    case 'string':
      return 's' + writeText(value);
    case 'number':
    case 'bigint':
      return 'n' + value + ';';
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      if (value === null) return 'z';
      if (value instanceof Date) return 'n' + value.getTime() + ';';
      if (mayNest && !Array.isArray(value)) return writeEntries(value);
  }
  return '?';
}

function writeEntries(entries: object): string {
  let out = '{';
  for (const [name, value] of Object.entries(entries)) {
    if (value !== undefined) out += writeText(name) + writeValue(value, false);
  }
  return out + '}';
}

function writeJson(value: unknown): string {
  if (value === null) return 'z';
  const json = typeof value === 'object' ? JSON.stringify(value) : '';
  return json.startsWith('{') ? 's' + writeText(json) : '?';
}
