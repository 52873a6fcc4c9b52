const BYTES_EACH = 16;
const EACH_REFILL = 256;

let pool = '';
let used = 0;

/** 128 random bits in hexadecimal. The system is asked once for many: asking costs more than a whole event. */
export function entropy(): string {
  if (used >= pool.length) {
    const bytes = crypto.getRandomValues(new Uint8Array(EACH_REFILL * BYTES_EACH));
    pool = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    used = 0;
  }
  used += 2 * BYTES_EACH;
  return pool.slice(used - 2 * BYTES_EACH, used);
}
