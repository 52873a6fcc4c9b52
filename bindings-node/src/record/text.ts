/** A text inside a record. */
export function writeText(text: string): string {
  return text.length + ':' + text;
}
