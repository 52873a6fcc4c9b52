import type { Vocabulary } from '../native/addon';
import { addon } from '../native/load';

/**
 * A wanted place in a response, with the beginnings of its tokens made ready: they are written millions of
 * times. The grammar of a record stands in `shared/src/record.rs`.
 */
export class Place {
  readonly fields = new Map<string, Place>();
  names: string[] = [];
  items: Place | null = null;
  readonly number: string;
  readonly text: string;
  readonly object: string;
  readonly list: string;
  readonly null: string;
  readonly true: string;
  readonly false: string;
  readonly opaque: string;

  constructor(id: number) {
    this.number = `${id}n`;
    this.text = `${id}s`;
    this.object = `${id}{`;
    this.list = `${id}[`;
    this.null = `${id}z`;
    this.true = `${id}t`;
    this.false = `${id}f`;
    this.opaque = `${id}?`;
  }
}

/** By what records are written. */
interface Shape {
  /** The response itself. */
  root: Place;
  maxNodes: number;
  optionIds: ReadonlyMap<string, number>;
}

let known: Shape | undefined;

/** Asked of the core when first needed: a program that only imports the package should not pay for it. */
export function shape(): Shape {
  return (known ??= shapeOf(JSON.parse(addon.vocabulary()) as Vocabulary));
}

function shapeOf({ nodes, options, maxNodes }: Vocabulary): Shape {
  // Every place once, by its number; spellings of a name lead to the same one.
  const places = nodes.map((_, id) => new Place(id));
  nodes.forEach((node, id) => {
    const place = places[id] as Place;
    for (const [name, field] of Object.entries(node.fields)) place.fields.set(name, places[field] as Place);
    place.names = [...place.fields.keys()];
    place.items = node.items === null ? null : (places[node.items] as Place);
  });
  return { root: places[0] as Place, maxNodes, optionIds: new Map(options.map((name, id) => [name, id])) };
}
