import * as wasm from '../../wasm/pkg/bearlumen';
import type { Addon, Answer, Batch, NativeDelivery, NativeStream, Problem } from './addon';
import { askMethods } from './methods';
import { wasmModule } from './module';

const SEND = -1;
const IDLE = -2;
const LINE_FEED = 10;
const NOTHING = new Uint8Array();

/** The module's face as the addon's. Only what cannot cross as it is is turned into something else. */
class WasmDelivery implements NativeDelivery {
  readonly #inner: wasm.Delivery;

  constructor(policy?: string) {
    ready();
    this.#inner = new wasm.Delivery(policy);
  }

  get exitFlushMs(): number {
    return this.#inner.exitFlushMs;
  }

  track(record: string): number {
    return this.#inner.track(record);
  }

  trackWhole(record: string, json?: string | Uint8Array, headers = ''): string {
    return this.#inner.trackWhole(record, bytesOf(json), headers);
  }

  trackStream(record: string, stream: NativeStream, nowMs: number): string {
    return this.#inner.trackStream(record, (stream as WasmStream).inner, nowMs);
  }

  openSpool(): never {
    throw new Error('there is no file system here');
  }

  takeSpoolError(): null {
    return null;
  }

  closeSpool(): false {
    return false;
  }

  enqueue(event: string, nowMs: number): string {
    return this.#inner.enqueue(event, nowMs);
  }

  nextStep(nowMs: number): { send?: Batch; waitUntil?: number } {
    const step = this.#inner.nextStep(nowMs);
    if (step === SEND) return { send: batchOf(this.#inner.takeBatch()) };
    return step === IDLE ? {} : { waitUntil: step };
  }

  report(batch: number, answer: Answer | undefined, nowMs: number, jitter: number): Problem[] {
    const { status, retryAfter, body } = answer ?? { status: 0, body: NOTHING };
    return JSON.parse(this.#inner.report(batch, status, retryAfter, body, nowMs, jitter)) as Problem[];
  }

  takeLosses(): Problem[] {
    return JSON.parse(this.#inner.takeLosses()) as Problem[];
  }

  flush(): number {
    return this.#inner.flush();
  }

  isSettled(flush: number): boolean {
    return this.#inner.isSettled(flush);
  }

  close(): number {
    return this.#inner.close();
  }

  stats(): string {
    return this.#inner.stats();
  }
}

class WasmStream implements NativeStream {
  readonly inner: wasm.Stream;

  constructor() {
    ready();
    this.inner = new wasm.Stream();
  }

  chunk(subject: string): number {
    return this.inner.chunk(subject);
  }

  chunkJson(json: Uint8Array): void {
    this.inner.chunkJson(json);
  }

  text(piece: string | Uint8Array): void {
    this.inner.text(bytesOf(piece));
  }

  addHeaders(headers: string): void {
    this.inner.addHeaders(headers);
  }

  cutShort(): void {
    this.inner.cutShort();
  }

  cost(record: string): string {
    return this.inner.cost(record);
  }
}

let isReady = false;

/** Makes the module ready when it is first needed: importing the package does nothing. */
function ready(): void {
  if (isReady) return;
  wasm.initSync({ module: wasmModule() });
  isReady = true;
}

/** The core as a wasm module. */
export const addon: Addon = {
  vocabulary: () => (ready(), wasm.vocabulary()),
  trackResult: (record) => (ready(), wasm.trackResult(record)),
  advice: askMethods,
  costOfCall: (record, json, headers = '') => (ready(), wasm.costOfCall(record, bytesOf(json), headers)),
  packedWords: wasm.packedWords,
  costOfText: (json, nowMs) => (ready(), wasm.costOfText(json, nowMs)),
  isStreamType: (contentType) => (ready(), wasm.isStreamType(contentType)),
  clientStepBits: (path) => (ready(), wasm.clientStepBits(path)),
  commandPath: (className) => (ready(), wasm.commandPath(className) ?? null),
  innerCalls: (path) => (ready(), lines(wasm.innerCalls(path))),
  clientHelpers: () => (ready(), wasm.clientHelpers()),
  asksForUsage: (path, url) => (ready(), wasm.asksForUsage(path, url)),
  isModelParameter: (name) => (ready(), wasm.isModelParameter(name)),
  errorCode: (code, status) => (ready(), wasm.errorCode(code, status)),
  readAgainMs: (status, retryAfter, failures, maxRetries, nowMs, jitter) =>
    (ready(), wasm.readAgainMs(status, retryAfter ?? undefined, failures, maxRetries, nowMs, jitter) ?? null),
  readRetries: () => (ready(), wasm.readRetries()),
  retryAfterSeconds: (header, nowMs) => (ready(), wasm.retryAfterSeconds(header, nowMs) ?? null),
  Delivery: WasmDelivery,
  Stream: WasmStream,
};

function bytesOf(json: string | Uint8Array): Uint8Array;
function bytesOf(json: string | Uint8Array | undefined): Uint8Array | undefined;
function bytesOf(json: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof json === 'string' ? new TextEncoder().encode(json) : json;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** `id events`, a line feed, and the body. */
function batchOf(packed: Uint8Array): Batch {
  const line = packed.indexOf(LINE_FEED);
  const [id, events] = new TextDecoder().decode(packed.subarray(0, line)).split(' ');
  return { id: Number(id), events: Number(events), body: packed.subarray(line + 1) };
}
