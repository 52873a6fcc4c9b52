// The peer, set up to send to the stub, and the call that tracks one response.
import { PostHog } from 'posthog-node';
import { STUB } from './rounds.mjs';

/** Compression is spared: nobody pays for this wire. */
export const posthog = () => new PostHog('phc_bench', { host: STUB, maxQueueSize: 200_000, disableCompression: true, preloadFeatureFlags: false });

export function posthogTrack(client, { model, usage }) {
  client.capture({
    distinctId: 'user_123',
    event: '$ai_generation',
    properties: {
      $ai_provider: 'openai',
      $ai_model: model,
      $ai_input_tokens: usage.prompt_tokens,
      $ai_output_tokens: usage.completion_tokens,
      $ai_cache_read_input_tokens: usage.prompt_tokens_details.cached_tokens,
      $ai_reasoning_tokens: usage.completion_tokens_details.reasoning_tokens,
      feature: 'chat',
    },
  });
}
