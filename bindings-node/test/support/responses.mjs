// Responses as providers send them, of our own making, and what was asked.
export const messages = [{ role: 'user', content: 'What colour is the sky?' }];

export function chatCompletion(overrides = {}) {
  return {
    id: 'chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY',
    object: 'chat.completion',
    created: 1763632800,
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Blue.', refusal: null }, finish_reason: 'stop', logprobs: null }],
    usage: {
      prompt_tokens: 1900,
      completion_tokens: 310,
      total_tokens: 2210,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 0 },
    },
    service_tier: 'default',
    ...overrides,
  };
}

export function message(overrides = {}) {
  return {
    id: 'msg_01Bear5Lumen7Example9Message2',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [{ type: 'text', text: 'Blue.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 374, output_tokens: 82, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    ...overrides,
  };
}
