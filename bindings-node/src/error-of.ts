import { BearLumenApiError } from './error';
import type { Problem } from './native/addon';
import { addon } from './native/load';

/** The error for an answer with a status that is no success. */
export function errorOfAnswer(status: number, retryAfter: string | null, body: string): BearLumenApiError {
  const said = errorBody(body);
  return new BearLumenApiError({
    code: addon.errorCode(said.code, status),
    message: said.message !== '' ? said.message : `The service answered ${status}`,
    correlationId: said.correlationId !== '' ? said.correlationId : null,
    retryAfter: retryAfter === null ? null : addon.retryAfterSeconds(retryAfter, Date.now()),
    status,
  });
}

/** The error when no whole answer came. */
export function errorOfSilence(cause: unknown): BearLumenApiError {
  const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
  const message = `The service could not be reached: ${reason}`;
  return new BearLumenApiError({ code: addon.errorCode('', 0), message }, { cause });
}

/** The error for events that were given up. */
export function errorOfProblem(problem: Problem): BearLumenApiError {
  return new BearLumenApiError({
    code: problem.code,
    message: problem.message,
    correlationId: problem.correlationId !== '' ? problem.correlationId : null,
    status: problem.status !== 0 ? problem.status : null,
  });
}

/** A host with several addresses fails with an error for each, under one without words. */
function reasonOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? first.message : error.message;
}

function errorBody(body: string): { code: string; message: string; correlationId: string } {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  try {
    const { error } = JSON.parse(body) as { error?: Record<string, unknown> };
    return { code: text(error?.code), message: text(error?.message), correlationId: text(error?.correlationId) };
  } catch {
    return { code: '', message: '', correlationId: '' };
  }
}
