/** A whole answer. */
export interface Reply {
  status: number;
  retryAfter: string | null;
  body: Uint8Array;
}

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: string;
  body?: Uint8Array | string | undefined;
  signal?: AbortSignal | undefined;
  /** Nobody's promise waits for it: it does not keep the process alive. */
  isBackground?: boolean;
}

export function late(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

export function stopped(): Error {
  return new Error('the client was stopped');
}
