import type { ShapeNode, Vocabulary } from '../native/addon';
import { addon } from '../native/load';

/**
 * A wanted place in a response, with the beginnings of its tokens made ready: they are written millions of
 * times. The grammar of a record stands in `src/record.rs`.
 */
export class Place {
  readonly fields = new Map<string, Place>();
  readonly names: string[];
  readonly items: Place | null;
  readonly number: string;
  readonly text: string;
  readonly object: string;
  readonly list: string;
  readonly null: string;
  readonly true: string;
  readonly false: string;
  readonly opaque: string;

  constructor(node: ShapeNode) {
    for (const [name, field] of Object.entries(node.fields)) this.fields.set(name, new Place(field));
    this.names = [...this.fields.keys()];
    this.items = node.items === null ? null : new Place(node.items);
    this.number = `${node.id}n`;
    this.text = `${node.id}s`;
    this.object = `${node.id}{`;
    this.list = `${node.id}[`;
    this.null = `${node.id}z`;
    this.true = `${node.id}t`;
    this.false = `${node.id}f`;
    this.opaque = `${node.id}?`;
  }
}

const vocabulary = JSON.parse(addon.vocabulary()) as Vocabulary;

export const root = new Place(vocabulary.shape);
export const maxNodes = vocabulary.maxNodes;
export const optionIds: ReadonlyMap<string, number> = new Map(vocabulary.options.map((name, id) => [name, id]));
