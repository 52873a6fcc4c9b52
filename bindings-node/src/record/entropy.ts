import { randomBytes } from 'node:crypto';

const CHARACTERS_EACH = 32;
const EACH_REFILL = 256;

let pool = '';
let used = 0;

/** 128 random bits in hexadecimal. The system is asked once for many: asking costs more than a whole event. */
export function entropy(): string {
  if (used >= pool.length) {
    pool = randomBytes((EACH_REFILL * CHARACTERS_EACH) / 2).toString('hex');
    used = 0;
  }
  used += CHARACTERS_EACH;
  return pool.slice(used - CHARACTERS_EACH, used);
}
