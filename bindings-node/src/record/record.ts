import { entropy } from './entropy';
import { writeOptions } from './options';
import { writeSubject } from './response';

/** In place of random bits where no event is made of the record. */
const NO_EVENT = '0'.repeat(32);

/** One call as the core reads it: the clock, fresh random bits, the options and what is wanted of the response. */
export function writeRecord(response: unknown, options: object | null | undefined): string {
  return recordOf(entropy(), response, options);
}

/** The same of a call that is only priced. */
export function writeQuestion(response: unknown, options: object | null | undefined): string {
  return recordOf(NO_EVENT, response, options);
}

function recordOf(bits: string, response: unknown, options: object | null | undefined): string {
  const given = typeof options === 'object' && options !== null ? writeOptions(options) : '';
  return `${Date.now()};${bits}${given}|${writeSubject(response)}`;
}

/** The record of a call of which nothing could be read. */
export const NOTHING_READ = `0;${NO_EVENT}|x`;
