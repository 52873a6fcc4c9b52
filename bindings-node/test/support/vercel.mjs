// Vercel's AI SDK in each version that is in use, with models of its own making that answer without a network.
import * as four from 'ai-4';
import * as five from 'ai-5';
import * as six from 'ai-6';
import * as seven from 'ai-7';
import { MockEmbeddingModelV1, MockLanguageModelV1 } from 'ai-4/test';
import { MockEmbeddingModelV2, MockLanguageModelV2 } from 'ai-5/test';
import { MockEmbeddingModelV3, MockLanguageModelV3 } from 'ai-6/test';
import { MockEmbeddingModelV4, MockLanguageModelV4 } from 'ai-7/test';

/** What every call of the models uses. */
export const tokens = { input: 1000, cached: 600, output: 100, embedded: 12 };

const modelId = 'gpt-4o-2024-08-06';
const answer = { id: 'chatcmpl-1', modelId, timestamp: new Date(0) };
const TEXT = '{"colour":"blue"}';
const schema = { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] };

/** Usage and the end of a call as each specification of a model writes them. */
const specifications = {
  1: {
    usage: { promptTokens: tokens.input, completionTokens: tokens.output },
    reason: (reason) => reason,
    providerMetadata: { openai: { cachedPromptTokens: tokens.cached, reasoningTokens: 0 } },
  },
  2: {
    usage: { inputTokens: tokens.input, outputTokens: tokens.output, totalTokens: tokens.input + tokens.output, cachedInputTokens: tokens.cached },
    reason: (reason) => reason,
    providerMetadata: { openai: {} },
  },
  3: {
    usage: {
      inputTokens: { total: tokens.input, noCache: tokens.input - tokens.cached, cacheRead: tokens.cached, cacheWrite: undefined },
      outputTokens: { total: tokens.output, text: tokens.output, reasoning: undefined },
    },
    reason: (reason) => ({ unified: reason, raw: reason }),
    providerMetadata: { openai: {} },
  },
};

/** What a model streams: words, or the call of a tool. */
function parts(version, call) {
  const { usage, reason, providerMetadata } = specifications[Math.min(version, 3)];
  const said = { usage, finishReason: reason(call ? 'tool-calls' : 'stop'), providerMetadata };
  const tool = { toolCallId: `call_${call}`, toolName: 'look' };
  const words = [TEXT.slice(0, 5), TEXT.slice(5)];
  if (version === 1) {
    const content = call ? [{ type: 'tool-call', toolCallType: 'function', ...tool, args: '{}' }] : words.map((textDelta) => ({ type: 'text-delta', textDelta }));
    return [{ type: 'response-metadata', ...answer }, ...content, { type: 'finish', ...said }];
  }
  const text = [{ type: 'text-start', id: '1' }, ...words.map((delta) => ({ type: 'text-delta', id: '1', delta })), { type: 'text-end', id: '1' }];
  const content = call ? [{ type: 'tool-call', ...tool, input: '{}' }] : text;
  return [{ type: 'stream-start', warnings: [] }, { type: 'response-metadata', ...answer }, ...content, { type: 'finish', ...said }];
}

/**
 * A model that calls a tool in its first `calls` answers. It waits for `before(part)` before each part of its streams, and
 * counts in `pulled` how many it was asked for.
 */
function model(version, Model, probe = {}) {
  const { usage, reason, providerMetadata } = specifications[Math.min(version, 3)];
  let left = probe.calls ?? 0;
  probe.pulled = 0;
  return new Model({
    provider: 'openai.chat',
    modelId,
    defaultObjectGenerationMode: 'json',
    doGenerate: async () => {
      const common = { finishReason: reason('stop'), usage, response: answer, providerMetadata };
      if (version === 1) return { rawCall: { rawPrompt: null, rawSettings: {} }, text: TEXT, ...common };
      return { content: [{ type: 'text', text: TEXT }], warnings: [], ...common };
    },
    doStream: async ({ abortSignal }) => {
      const all = parts(version, left);
      left = Math.max(0, left - 1);
      let at = 0;
      const pull = async (controller) => {
        if (at === all.length) return controller.close();
        probe.pulled += 1;
        await probe.before?.(all[at]);
        abortSignal?.throwIfAborted();
        controller.enqueue(all[at]);
        at += 1;
      };
      return { stream: new ReadableStream({ pull }, { highWaterMark: 0 }), rawCall: { rawPrompt: null, rawSettings: {} } };
    },
  });
}

function embedder(version, Model) {
  return new Model({
    provider: 'openai.embedding',
    modelId: 'text-embedding-3-small',
    maxEmbeddingsPerCall: 9,
    doEmbed: async ({ values }) => ({ embeddings: values.map(() => [0.1, 0.2]), usage: { tokens: tokens.embedded }, warnings: [] }),
  });
}

function version(ai, specification, Language, Embedding) {
  const execute = async () => 'blue';
  const tools = { look: specification === 1 ? { parameters: ai.jsonSchema({ type: 'object' }), execute } : { inputSchema: ai.jsonSchema({ type: 'object' }), execute } };
  const steps = specification === 1 ? { maxSteps: 9 } : { stopWhen: (ai.isStepCount ?? ai.stepCountIs)(9) };
  const spoken = (probe, call) => ({ model: model(specification, Language, probe), prompt: 'Which colour?', onError: () => {}, ...call });
  const withTools = (probe, call) => spoken(probe, { tools, ...steps, ...call });
  const withSchema = (probe, call) => spoken(probe, { schema: ai.jsonSchema(schema), ...call });
  return {
    ai,
    models: () => ({ model: model(specification, Language), embedder: embedder(specification, Embedding) }),
    generateText: (probe, call) => ai.generateText(spoken(probe, call)),
    streamText: (probe, call) => ai.streamText(withTools(probe, call)),
    streamTextLowMemory: (probe, call) => ai.experimental_streamTextLowMemory(withTools(probe, call)),
    generateObject: (probe, call) => ai.generateObject(withSchema(probe, call)),
    streamObject: (probe, call) => ai.streamObject(withSchema(probe, call)),
    embed: () => ai.embed({ model: embedder(specification, Embedding), value: 'blue' }),
    embedMany: () => ai.embedMany({ model: embedder(specification, Embedding), values: ['blue', 'red'] }),
  };
}

globalThis.AI_SDK_LOG_WARNINGS = false;

export const versions = {
  4: version(four, 1, MockLanguageModelV1, MockEmbeddingModelV1),
  5: version(five, 2, MockLanguageModelV2, MockEmbeddingModelV2),
  6: version(six, 3, MockLanguageModelV3, MockEmbeddingModelV3),
  7: version(seven, 4, MockLanguageModelV4, MockEmbeddingModelV4),
};
