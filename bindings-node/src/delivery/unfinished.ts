/** What has something to finish when the process ends by itself. */
export interface Unfinished {
  /** Makes events of what is under way, at once. */
  settle?(): void;
  /** Delivers what is queued. */
  flushAtExit?(): Promise<void>;
}
