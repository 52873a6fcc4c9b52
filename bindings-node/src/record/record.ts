import { entropy } from './entropy';
import { writeOptions } from './options';
import { writeSubject } from './response';

/** One call as the addon reads it: the clock, fresh random bits, the options and what is wanted of the response. */
export function writeRecord(response: unknown, options: object | null | undefined): string {
  const given = typeof options === 'object' && options !== null ? writeOptions(options) : '';
  return `${Date.now()};${entropy()}${given}|${writeSubject(response)}`;
}

/** The record of a call of which nothing could be read. */
export const NOTHING_READ = `0;${'0'.repeat(32)}|x`;
