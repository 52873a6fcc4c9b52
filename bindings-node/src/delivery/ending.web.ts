interface Ending {
  once(event: 'beforeExit', listener: () => void): unknown;
}

/** Deno tells as Node does. On Cloudflare and in a page nobody tells, and what is listed to be finished would stay listed. */
export function ending(): Ending | undefined {
  const { Deno, process } = globalThis as { Deno?: unknown; process?: Ending };
  return Deno === undefined ? undefined : process;
}
