/** A list's first page. Looped over it yields every item of every page. */
export type PageOf<P, Item> = Promise<P> & AsyncIterable<Item>;

/** Where a page begins. */
interface From {
  offset?: number | undefined;
  cursor?: string;
}

interface PageFields {
  offset?: number;
  hasMore?: boolean;
  nextCursor?: string | null;
}

export const Page = {
  /** `read` asks for the page that begins there; nothing is asked for before it is needed, but for the first page. */
  of<P extends object, Item>(read: (from?: From) => Promise<P>, params: object | undefined, items: (page: P) => readonly Item[]): PageOf<P, Item> {
    const first = read();
    async function* all(): AsyncGenerator<Item> {
      let page = await first;
      let offset = (params as From | undefined)?.offset ?? 0;
      for (;;) {
        const here = items(page);
        yield* here;
        offset += here.length;
        const { hasMore = false, nextCursor } = page as PageFields;
        if (!hasMore || here.length === 0) return;
        page = await read(typeof nextCursor === 'string' ? { cursor: nextCursor, offset: undefined } : { offset });
      }
    }
    return Object.assign(first, { [Symbol.asyncIterator]: all });
  },
};
