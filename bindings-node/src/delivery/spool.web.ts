import type { Settings } from '../config';
import type { NativeDelivery } from '../native/addon';
import type { Reporter } from './reporter';

/** @throws Error always: there is nowhere to keep events */
export function openSpool(_delivery: NativeDelivery, _folder: string, _settings: Settings, _reporter: Reporter): void {
  throw new Error('spoolDir cannot be used: there is no file system here');
}
