import { shape, type Place } from '../record/shape';
import { mayHide } from './proxies';

/** A larger chunk is not remembered: looking through it would cost as much as handing it in. */
const MOST_VALUES = 256;

/** The index of a number, or what the value has to be. */
type Slot =
  | { kind: 'number'; at: number; isZero: boolean }
  | { kind: 'same'; value: unknown }
  | { kind: 'object'; node: ObjectNode }
  | { kind: 'list'; items: (Slot | null)[] };

interface ObjectNode {
  prototype: unknown;
  /** Every listed name in its order, and what is wanted of it. */
  names: string[];
  slots: (Slot | null)[];
}

/**
 * What a chunk said in its wanted fields, and the numbers it said it with. Most chunks of a stream say the same as
 * the one before, or the same with other numbers; telling this takes a tenth of handing a chunk to the core.
 */
export class Snapshot {
  readonly #node: ObjectNode;
  #numbers: number[];
  #scratch: number[];
  #hasChanged = false;

  private constructor(node: ObjectNode, numbers: number[]) {
    this.#node = node;
    this.#numbers = numbers;
    this.#scratch = [...numbers];
  }

  /** `undefined` for a chunk whose fields cannot be listed for certain. */
  static of(chunk: unknown): Snapshot | undefined {
    const numbers: number[] = [];
    try {
      const node = isObject(chunk) ? nodeOf(chunk, shape().root, numbers, { left: MOST_VALUES }) : undefined;
      return node && new Snapshot(node, numbers);
    } catch {
      return undefined;
    }
  }

  /** True when the chunk says the same but for its numbers, which are taken over. */
  absorb(chunk: unknown): boolean {
    if (!isObject(chunk) || !sameObject(this.#node, chunk, this.#scratch)) return false;
    const numbers = this.#scratch;
    for (let at = 0; at < numbers.length; at += 1) {
      if (numbers[at] !== this.#numbers[at]) {
        this.#hasChanged = true;
        this.#scratch = this.#numbers;
        this.#numbers = numbers;
        break;
      }
    }
    return true;
  }

  /** A chunk with the newest numbers, if they differ from those of the chunk it was made of. */
  takeChanged(): object | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return objectOf(this.#node, this.#numbers);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sameObject(node: ObjectNode, source: object, numbers: number[]): boolean {
  if (Object.getPrototypeOf(source) !== node.prototype) return false;
  const { names, slots } = node;
  let at = 0;
  for (const name in source) {
    if (name !== names[at]) return false;
    const slot = slots[at] as Slot | null;
    at += 1;
    if (slot !== null && !sameValue(slot, (source as Record<string, unknown>)[name], numbers)) return false;
  }
  return at === names.length;
}

function sameValue(slot: Slot, value: unknown, numbers: number[]): boolean {
  switch (slot.kind) {
    case 'same':
      return value === slot.value;
    case 'number':
      // Zeros after counts are for the core to judge.
      if (typeof value !== 'number' || (value === 0) !== slot.isZero) return false;
      numbers[slot.at] = value;
      return true;
    case 'object':
      return isObject(value) && sameObject(slot.node, value, numbers);
    case 'list':
      if (!Array.isArray(value) || value.length !== slot.items.length) return false;
      return slot.items.every((item, at) => item === null || sameValue(item, value[at], numbers));
  }
}

function nodeOf(source: object, place: Place, numbers: number[], budget: { left: number }): ObjectNode | undefined {
  if (!isListed(source, place)) return undefined;
  const node: ObjectNode = { prototype: Object.getPrototypeOf(source), names: [], slots: [] };
  for (const name in source) {
    const field = place.fields.get(name);
    // What travels inside bytes is not seen from here.
    if (place === shape().root && (name === 'bytes' || name === 'chunk')) return undefined;
    budget.left -= 1;
    const slot = field === undefined ? null : slotOf((source as Record<string, unknown>)[name], field, numbers, budget);
    if (slot === undefined || budget.left <= 0) return undefined;
    node.names.push(name);
    node.slots.push(slot);
  }
  return node;
}

function slotOf(value: unknown, place: Place, numbers: number[], budget: { left: number }): Slot | null | undefined {
  switch (typeof value) {
    case 'number':
      return { kind: 'number', at: numbers.push(value) - 1, isZero: value === 0 };
    case 'bigint':
    case 'function':
      return undefined;
    case 'object':
      if (value === null) break;
      if (!Array.isArray(value)) {
        const node = nodeOf(value, place, numbers, budget);
        return node && { kind: 'object', node };
      }
      if (place.items === null || mayHide(value, true)) return undefined;
      return listOf(value, place.items, numbers, budget);
  }
  return { kind: 'same', value };
}

function listOf(values: readonly unknown[], place: Place, numbers: number[], budget: { left: number }): Slot | undefined {
  const items: (Slot | null)[] = [];
  for (const value of values) {
    budget.left -= 1;
    const item = budget.left > 0 ? slotOf(value, place, numbers, budget) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
  }
  return { kind: 'list', items };
}

/** True when the fields that the object lists are the ones that are read of it: see `Walk.object`. */
function isListed(source: object, place: Place): boolean {
  const prototype: unknown = Object.getPrototypeOf(source);
  const listed = Object.entries(source).filter(([name]) => place.fields.has(name));
  if (mayHide(source, listed.length > 0)) return false;
  if (Object.getOwnPropertyNames(source).length !== Object.keys(source).length) return false;
  if (prototype === null || prototype === Object.prototype) return listed.length > 0 || !place.names.some((name) => name in source);
  return listed.some(([, value]) => isObject(value)) || !place.names.some((name) => name in (prototype as object));
}

function objectOf(node: ObjectNode, numbers: readonly number[]): object {
  const out: Record<string, unknown> = {};
  node.names.forEach((name, at) => {
    const slot = node.slots[at] as Slot | null;
    if (slot !== null) out[name] = valueOf(slot, numbers);
  });
  return out;
}

function valueOf(slot: Slot, numbers: readonly number[]): unknown {
  switch (slot.kind) {
    case 'same':
      return slot.value;
    case 'number':
      return numbers[slot.at];
    case 'object':
      return objectOf(slot.node, numbers);
    case 'list':
      return slot.items.map((item) => (item === null ? undefined : valueOf(item, numbers)));
  }
}
