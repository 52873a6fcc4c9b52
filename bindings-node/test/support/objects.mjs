// JSON values as objects of other kinds.

/** An object whose fields show when asked for, and in no listing. */
export function unlisted(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unlisted);
  return new Proxy({}, { get: (_target, name) => unlisted(value[name]) });
}
