import type { BearLumenApiError } from './error';
import { addon } from './native/load';

/** Where warnings go. `console` fits. Silent when left out. */
export interface BearLumenLogger {
  warn(message: string): void;
}

/** How many events an error concerns. */
export interface DeliveryErrorContext {
  events: number;
}

export interface BearLumenConfig {
  /** Required; no environment variable is read. */
  apiKey: string;
  /** Default `https://api.bearlumen.com`, or what `environment` says. */
  baseUrl?: string | undefined;
  environment?: 'production' | 'staging' | undefined;
  /** Milliseconds for one request, and for `flush()` and `shutdown()` where they name none. Default 30000. */
  timeout?: number | undefined;
  /** How often a read that failed for a passing reason is tried again. Default 2. */
  maxRetries?: number | undefined;
  /**
   * A folder for undelivered events: what a process leaves there is delivered by the next start with the same key.
   * Each `track()` then writes a line to a file.
   */
  spoolDir?: string | undefined;
  /** Hears of every event that could not be delivered, once for each cause. */
  onError?: ((error: BearLumenApiError, context: DeliveryErrorContext) => void) | undefined;
  logger?: BearLumenLogger | undefined;
}

/** The configuration with its gaps filled. */
export interface Settings {
  apiKey: string;
  baseUrl: string;
  timeout: number;
  maxRetries: number;
  spoolDir: string | undefined;
  onError: BearLumenConfig['onError'];
  logger: BearLumenLogger | undefined;
}

const URLS = {
  production: 'https://api.bearlumen.com',
  staging: 'https://api.staging.bearlumen.com',
} as const;

const DEFAULT_TIMEOUT_MS = 30_000;

/** @throws TypeError naming the option that is wrong */
export function settingsOf(config: BearLumenConfig): Settings {
  if (typeof config !== 'object' || config === null) {
    throw new TypeError('new BearLumen({ apiKey }) needs an object with your API key');
  }
  const { apiKey, environment = 'production', timeout = DEFAULT_TIMEOUT_MS, onError, logger } = config;
  const { maxRetries = addon.readRetries(), spoolDir } = config;
  if (typeof apiKey !== 'string' || apiKey.trim() === '') {
    throw new TypeError(
      'apiKey is missing: pass new BearLumen({ apiKey: process.env.BEAR_LUMEN_API_KEY }), and see that the variable is set',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey.trim())) {
    throw new TypeError('apiKey has characters that no API key has');
  }
  if (!Object.hasOwn(URLS, environment)) {
    throw new TypeError(`environment is one of ${Object.keys(URLS).join(', ')}`);
  }
  if (typeof timeout !== 'number' || !(timeout > 0)) {
    throw new TypeError('timeout is a number of milliseconds above 0');
  }
  if (!Number.isInteger(maxRetries) || maxRetries < 0) {
    throw new TypeError('maxRetries is a whole number of 0 or more');
  }
  if (spoolDir !== undefined && (typeof spoolDir !== 'string' || spoolDir === '')) {
    throw new TypeError('spoolDir is the path of a folder');
  }
  if (onError !== undefined && typeof onError !== 'function') {
    throw new TypeError('onError is a function');
  }
  return { apiKey: apiKey.trim(), baseUrl: urlOf(config.baseUrl ?? URLS[environment]), timeout, maxRetries, spoolDir, onError, logger };
}

function urlOf(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError('baseUrl is no url: it looks like https://api.bearlumen.com');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError('baseUrl begins with https:// or http://');
  }
  return url.href.replace(/\/+$/, '');
}
