// What a user of CommonJS writes, checked by the compiler alone.
import sdk = require('@bearlumen/node-sdk');

const bear = new sdk.BearLumen({ apiKey: 'sk_test_x' });
const result: sdk.TrackResult = bear.track({ any: 'object' }, { feature: 'chat' });

export async function spent(): Promise<number> {
  void result.warnings.map((warning: sdk.Warning) => warning.code);
  const { totalCost, changePercent } = await bear.costs.summary({ timeWindow: 'current-period' });
  void (changePercent satisfies number | null);
  return totalCost;
}
