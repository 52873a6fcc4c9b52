import { headersOf } from '../track/http-response';
import type { Circumstances, Tracker } from '../track/tracker';
import { TrackResult } from '../result';
import { addon } from '../native/load';
import { modelOf } from './names';

type Call = (...args: unknown[]) => unknown;

/** A promise of the SDKs that parse a response when it is first asked for. */
interface LazyPromise extends Promise<unknown> {
  _thenUnwrap(transform: (value: unknown, props?: { response?: unknown }) => unknown): LazyPromise;
  asResponse(): Promise<object>;
  parse(): Promise<unknown>;
}

/** Where a call stands on its client, and where the client's requests go. */
export interface CallSite {
  path: string;
  url: string | undefined;
}

/**
 * Carries out a call and tracks what it answers. The caller gets what it would get without us. `around` are the options
 * of the context in which it counts as made, where that is not the one that holds now.
 */
export function trackCall(tracker: Tracker, site: CallSite, call: Call, args: readonly unknown[], around?: object): unknown {
  const request = requestOf(args[0]);
  const isHiding = mustAsk(site, request);
  const answer = call(...(isHiding ? [askingForUsage(request), ...args.slice(1)] : args));
  // A promise may be awaited outside the context in which the call was made.
  const own = { url: site.url, model: modelOf(request) };
  const options = around === undefined ? tracker.around(own) : { ...around, ...own };
  const deliver = (value: unknown, response?: unknown): unknown => {
    const known: Circumstances = { headers: headersOf(response), isHiding };
    const tracked = tracker.track(value, options, known);
    return tracked instanceof TrackResult ? value : tracked;
  };
  if (isLazyPromise(answer)) return lazily(answer, deliver);
  return isPromise(answer) ? answer.then((value) => deliver(value)) : deliver(answer);
}

/** Whether the response is read or only handed on is not known before the promise is used. */
function lazily(promise: LazyPromise, deliver: (value: unknown, response?: unknown) => unknown): LazyPromise {
  const tracked = promise._thenUnwrap((value, props) => deliver(value, props?.response));
  const parse = tracked.parse.bind(tracked);
  let isParsed = false;
  const replace = (name: string, value: unknown): void => {
    Object.defineProperty(tracked, name, { value, configurable: true, writable: true });
  };
  replace('parse', () => {
    isParsed = true;
    return parse();
  });
  replace('asResponse', () => promise.asResponse().then((response) => (isParsed ? response : deliver(response))));
  return tracked;
}

/** True for a stream that states its usage only when asked, and was neither asked nor told not to. */
function mustAsk(site: CallSite, request: Record<string, unknown>): boolean {
  const isStreamed = request.stream === true || site.path.endsWith('.stream');
  if (!isStreamed || !addon.asksForUsage(site.path, site.url)) return false;
  return (request.stream_options as { include_usage?: unknown } | null | undefined)?.include_usage === undefined;
}

function askingForUsage(request: Record<string, unknown>): object {
  return { ...request, stream_options: { ...(request.stream_options as object | undefined), include_usage: true } };
}

/** A command holds its request. */
function requestOf(given: unknown): Record<string, unknown> {
  const request = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  return typeof request.input === 'object' && request.input !== null && !Array.isArray(request.input) && 'middlewareStack' in request
    ? (request.input as Record<string, unknown>)
    : request;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Partial<Promise<unknown>> | null | undefined)?.then === 'function';
}

function isLazyPromise(value: unknown): value is LazyPromise {
  const { _thenUnwrap, asResponse, parse } = (value ?? {}) as Partial<LazyPromise>;
  return typeof _thenUnwrap === 'function' && typeof asResponse === 'function' && typeof parse === 'function';
}
