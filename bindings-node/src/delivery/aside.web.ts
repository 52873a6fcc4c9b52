/** Who is asked to wait here may never be called again: events are made at once. */
export class Aside {
  readonly put: (record: string) => void;

  constructor(take: (record: string) => void) {
    this.put = take;
  }

  empty(): void {}
}
