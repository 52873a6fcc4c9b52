// What a user writes in a page or a Worker, where the web's types are there and Node's are not.
import { BearLumen, costOf, type DeliveryStats, type ForecastQuestion, type TrackResult } from '@bearlumen/node-sdk';
import '@bearlumen/node-sdk/methods';
import { anomalies, forecast, route, savings, type Forecast, type Routed } from '@bearlumen/node-sdk/methods';

// @ts-expect-error There is no Node here, or this test would say nothing.
process.exit();

const bear = new BearLumen({ apiKey: 'sk_test_x', baseUrl: new URL('/costs', location.href).href });

export async function proxied(request: Request): Promise<Response> {
  const response: Response & { result: TrackResult | Promise<TrackResult> } = bear.track(await fetch(request), { userId: 'user_123' });
  return response;
}

export async function streamed(body: ReadableStream<Uint8Array>): Promise<number> {
  const stream = bear.track(body);
  const response = new Response(stream);
  const { cost } = await stream.result;
  return response.status + (cost.amount ?? 0);
}

export function whole(bytes: ArrayBuffer, headers: Headers): number | null {
  return costOf(new Uint8Array(bytes), { headers }).cost.amount;
}

export async function asked(question: ForecastQuestion): Promise<Forecast> {
  const later: typeof import('@bearlumen/node-sdk/methods') = await import('@bearlumen/node-sdk/methods');
  const routed: Routed = route({ prompt: 'Hello' });
  void [anomalies({}), savings({}), bear.route({ prompt: 'Hello' }).decision === routed.decision];
  return later.forecast === forecast ? forecast(question) : bear.forecast(question);
}

addEventListener('pagehide', () => void bear.flush().then(({ pending }: DeliveryStats) => pending));
