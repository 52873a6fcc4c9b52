/** A date parameter: an ISO 8601 date or date-time, or a `Date`. */
export type DateInput = string | Date;

type Parameter = string | number | boolean | Date | readonly string[] | null | undefined;

/** `{ startDate: … }` as `?start_date=…`; what is absent is left out. */
export function queryOf(params: object | undefined): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {}) as [string, Parameter][]) {
    if (value !== undefined && value !== null) query.set(snakeCase(name), textOf(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** A list is written with commas. */
function textOf(value: NonNullable<Parameter>): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
