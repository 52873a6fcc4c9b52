import { isBytes } from './bytes';
import { isDeferred } from './deferred';
import { shape, type Place } from './shape';

const isListed = Object.prototype.propertyIsEnumerable;

/** Writes the wanted fields of a response. Whatever the object does, this returns. */
class Walk {
  left: number;
  /** Objects written so far, those within lists left out: what a class keeps in a list is its own affair. */
  private objects = 0;

  constructor(maxNodes: number) {
    this.left = maxNodes;
  }

  /**
   * The fields that an object lists are gone through, since it has fewer than are wanted. Where they hold nothing
   * of use, or no more than words and lists of a class that may have the rest behind getters, it is asked for each
   * wanted field. Getters are left alone otherwise: some write to the console.
   */
  object(source: object, place: Place): string {
    const prototype: unknown = Object.getPrototypeOf(source);
    const isPlain = prototype === Object.prototype || prototype === null;
    const before = this.objects;
    let out = '';
    for (const name in source) {
      const field = place.fields.get(name);
      if (field !== undefined) out += this.field(source, name, field);
    }
    if (isPlain ? out !== '' : this.objects > before) return out;
    for (const name of place.names) {
      if (!isListed.call(source, name)) out += this.field(source, name, place.fields.get(name) as Place);
    }
    return out;
  }

  /** A field that cannot be read is absent. */
  private field(source: object, name: string, place: Place): string {
    try {
      return this.value((source as Record<string, unknown>)[name], place);
    } catch {
      return '';
    }
  }

  private value(value: unknown, place: Place): string {
    this.left -= 1;
    switch (typeof value) {
      case 'number':
        return place.number + value + ';';
      case 'string':
        return place.text + value.length + ':' + value;
      case 'boolean':
        return value ? place.true : place.false;
      case 'bigint':
        return place.number + Number(value) + ';';
      case 'object':
        if (value === null) return place.null;
        if (Array.isArray(value)) return this.list(value, place);
        this.objects += 1;
        return place.object + this.object(value, place) + '}';
      default:
        return '';
    }
  }

  private list(values: readonly unknown[], place: Place): string {
    const items = place.items;
    if (items === null) return place.opaque;
    const before = this.objects;
    let out = place.list;
    for (let index = 0; index < values.length && this.left > 0; index += 1) {
      out += this.value(values[index], items);
    }
    this.objects = before;
    return out + ']';
  }
}

/** The subject of a record. */
export function writeSubject(response: unknown): string {
  if (response === null || response === undefined) return 'm';
  if (isJson(response)) return 'j';
  if (typeof response !== 'object') return 'x';
  try {
    if (Array.isArray(response) || isDeferred(response)) return 'x';
    const { root, maxNodes } = shape();
    const walk = new Walk(maxNodes);
    const fields = walk.object(response, root);
    return walk.left > 0 ? `o${fields}` : 'l';
  } catch {
    return 'x';
  }
}

/** True for JSON text and its bytes, which the core reads itself. */
export function isJson(response: unknown): response is string | Uint8Array {
  return typeof response === 'string' || isBytes(response);
}
