import { addon } from '../native/load';

const steps = new Map<string, number>();
const models = new Map<string, boolean>();

/** What a name on a client means: `CLIENT` bits. The core is asked once for each. */
export function stepOf(path: string): number {
  let step = steps.get(path);
  if (step === undefined) {
    step = addon.clientStepBits(path);
    steps.set(path, step);
  }
  return step;
}

/** The model that a request names. */
export function modelOf(request: object): string | undefined {
  for (const [name, value] of Object.entries(request)) {
    if (typeof value === 'string' && isModel(name)) return value;
  }
  return undefined;
}

function isModel(name: string): boolean {
  let is = models.get(name);
  if (is === undefined) {
    is = addon.isModelParameter(name);
    models.set(name, is);
  }
  return is;
}
