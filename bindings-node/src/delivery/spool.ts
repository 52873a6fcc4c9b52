import type { Settings } from '../config';
import type { NativeDelivery } from '../native/addon';
import { entropy } from '../record/entropy';
import type { Reporter } from './reporter';

/** @throws Error when the folder cannot be used */
export function openSpool(delivery: NativeDelivery, folder: string, settings: Settings, reporter: Reporter): void {
  try {
    const { damaged } = delivery.openSpool(folder, settings.baseUrl, settings.apiKey, entropy(), Date.now());
    if (damaged > 0) reporter.warn(`Bear Lumen: ${damaged} lines in spoolDir could not be read any more`);
  } catch (error) {
    throw new Error(`spoolDir cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
