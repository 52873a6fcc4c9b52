// Stand-ins for the providers' servers, for the providers' own SDKs to talk to.
import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';
import { chatCompletion, message } from './responses.mjs';

const TEXT = 'Blue, as far as anybody can see.';
const words = TEXT.split(' ');

const chatUsage = { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 };
const chatChunk = (fields) => ({
  id: 'chatcmpl-BnJ8kfLmJf2mQ4ZcRt1b0XwYd5uVa',
  object: 'chat.completion.chunk',
  created: 1763632800,
  model: 'gpt-4o-2024-08-06',
  service_tier: 'default',
  system_fingerprint: 'fp_b376dfbbd5',
  ...fields,
});
const delta = (content, finish_reason = null) => [{ index: 0, delta: { role: 'assistant', content }, logprobs: null, finish_reason }];

/** A streamed chat: the chunk with the usage comes when it is asked for. */
export const chatChunks = (asked = true) => [
  ...words.map((word) => chatChunk({ choices: delta(word), ...(asked && { usage: null }) })),
  chatChunk({ choices: delta('', 'stop'), ...(asked && { usage: null }) }),
  ...(asked ? [chatChunk({ choices: [], usage: chatUsage })] : []),
];

const messageUsage = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 7, output_tokens: 1 };
export const messageEvents = () => [
  {
    type: 'message_start',
    message: { ...message(), content: [], stop_reason: null, usage: messageUsage },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 12 } },
  { type: 'message_stop' },
];

const responseUsage = {
  input_tokens: 19,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 10,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 29,
};
const responseObject = (fields) => ({
  id: 'resp_0123456789abcdef0123456789abcdef0123456789abcdef',
  object: 'response',
  created_at: 1763632800,
  model: 'gpt-4o-2024-08-06',
  output: [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: TEXT, annotations: [] }] }],
  tools: [],
  ...fields,
});
const responseEvents = () => [
  { type: 'response.created', sequence_number: 0, response: responseObject({ status: 'in_progress', output: [], usage: null }) },
  { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: { type: 'message', id: 'msg_1', status: 'in_progress', role: 'assistant', content: [] } },
  { type: 'response.content_part.added', sequence_number: 2, output_index: 0, item_id: 'msg_1', content_index: 0, part: { type: 'output_text', text: '', annotations: [] } },
  ...words.map((delta, index) => ({ type: 'response.output_text.delta', sequence_number: 3 + index, output_index: 0, item_id: 'msg_1', content_index: 0, delta })),
  { type: 'response.completed', sequence_number: 20, response: responseObject({ status: 'completed', usage: responseUsage }) },
];

const gemini = (text, candidatesTokenCount, finishReason) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...(finishReason && { finishReason }) }],
  usageMetadata: { promptTokenCount: 8, candidatesTokenCount, totalTokenCount: 8 + candidatesTokenCount },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'abc',
});
const geminiChunks = () => words.map((word, index) => gemini(word, index + 1, index === words.length - 1 ? 'STOP' : undefined));

const asksFor = (name) => ({ ...gemini('', 5), candidates: [{ content: { parts: [{ functionCall: { name, args: {} } }], role: 'model' }, finishReason: 'STOP' }] });
/** Asks for the request's function until its answer is there. */
const geminiCall = ({ tools = [], contents }) => {
  const name = tools[0]?.functionDeclarations?.[0].name;
  const isAnswered = contents.at(-1).parts.some((part) => part.functionResponse !== undefined);
  return name === undefined || isAnswered ? undefined : asksFor(name);
};

const mistralUsage = { prompt_tokens: 16, completion_tokens: 34, total_tokens: 50 };
const mistralChunks = () => [
  ...words.map((content) => ({ id: '0123456789abcdef0123456789abcdef', object: 'chat.completion.chunk', created: 1763632800, model: 'mistral-small-latest', choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
  { id: '0123456789abcdef0123456789abcdef', object: 'chat.completion.chunk', created: 1763632800, model: 'mistral-small-latest', choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop' }], usage: mistralUsage },
];

const ollama = (fields) => ({ model: 'llama3.2', created_at: '2026-11-01T00:00:00Z', message: { role: 'assistant', content: 'Blue' }, done: false, ...fields });
const ollamaEnd = { done: true, done_reason: 'stop', total_duration: 5_000_000, load_duration: 1, prompt_eval_count: 26, prompt_eval_duration: 1, eval_count: 29, eval_duration: 1 };

const converseUsage = { inputTokens: 30, outputTokens: 12, totalTokens: 42 };
const converseEvents = () => [
  ['messageStart', { role: 'assistant' }],
  ...words.map((text) => ['contentBlockDelta', { contentBlockIndex: 0, delta: { text } }]),
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage: converseUsage, metrics: { latencyMs: 100 } }],
];
const invokeEvents = () =>
  messageEvents().map((event) => ['chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') }]);

/** An AWS event stream frame. */
function frame(name, body) {
  const header = (key, value) => Buffer.concat([Buffer.from([key.length]), Buffer.from(key), Buffer.from([7, 0, value.length]), Buffer.from(value)]);
  const headers = Buffer.concat([header(':event-type', name), header(':content-type', 'application/json'), header(':message-type', 'event')]);
  const payload = Buffer.from(JSON.stringify(body));
  const whole = Buffer.alloc(16 + headers.length + payload.length);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(headers.length, 4);
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
  headers.copy(whole, 12);
  payload.copy(whole, 12 + headers.length);
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

const sse = (chunks, isNamed = false) => chunks.map((chunk) => `${isNamed ? `event: ${chunk.type}\n` : ''}data: ${JSON.stringify(chunk)}\n\n`);
const json = (body, headers = {}) => ({ type: 'application/json', pieces: [JSON.stringify(body)], headers });
const events = (pieces) => ({ type: 'text/event-stream', pieces });

/** What a provider answers to a request. */
function answerTo(path, body) {
  if (path.endsWith('/chat/completions')) {
    const isMistral = body.model.startsWith('mistral');
    if (!body.stream) return json(isMistral ? { ...mistralChunks().at(-1), object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }] } : chatCompletion());
    const chunks = isMistral ? mistralChunks() : chatChunks(body.stream_options?.include_usage === true);
    return events([...sse(chunks), 'data: [DONE]\n\n']);
  }
  if (path.endsWith('/responses')) return body.stream ? events(sse(responseEvents(), true)) : json(responseObject({ status: 'completed', usage: responseUsage }));
  if (path.endsWith('/embeddings')) return json({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], model: 'text-embedding-3-small', usage: { prompt_tokens: 8, total_tokens: 8 } });
  if (path.endsWith('/images/generations')) return json({ created: 1763632800, data: [{ b64_json: 'aGk=' }], usage: { input_tokens: 50, output_tokens: 100, total_tokens: 150, input_tokens_details: { text_tokens: 50, image_tokens: 0 } } });
  if (path.endsWith('/messages')) return body.stream ? events(sse(messageEvents(), true)) : json(message());
  if (path.includes(':streamGenerateContent')) return events(sse(geminiCall(body) ? [geminiCall(body)] : geminiChunks()));
  if (path.includes(':generateContent')) return json(geminiCall(body) ?? gemini(TEXT, 12, 'STOP'));
  if (path.endsWith('/api/chat')) {
    if (!body.stream) return json(ollama({ ...ollamaEnd, message: { role: 'assistant', content: TEXT } }));
    return { type: 'application/x-ndjson', pieces: [...words.map(() => ollama({})), ollama(ollamaEnd)].map((line) => `${JSON.stringify(line)}\n`) };
  }
  const amazon = 'application/vnd.amazon.eventstream';
  if (path.endsWith('/converse')) return json({ output: { message: { role: 'assistant', content: [{ text: TEXT }] } }, stopReason: 'end_turn', usage: converseUsage, metrics: { latencyMs: 100 } });
  if (path.endsWith('/converse-stream')) return { type: amazon, pieces: converseEvents().map(([name, fields]) => frame(name, fields)) };
  if (path.endsWith('/invoke-with-response-stream')) return { type: amazon, pieces: invokeEvents().map(([name, fields]) => frame(name, fields)) };
  if (path.endsWith('/invoke')) return json(message());
  return undefined;
}

export async function startProviders() {
  const providers = {
    /** `{ path, body }` of every request. */
    requests: [],
    /** Stops each stream after this many pieces, by a reset. */
    cutAfter: Infinity,
    /** Answers everything with this status. */
    status: 200,
    /** Milliseconds between the pieces of a stream. */
    pace: 0,
    text: TEXT,
  };
  const server = createServer((request, response) => {
    // Responses of two calls are compared, and the clock may strike between them.
    response.sendDate = false;
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
      const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
      providers.requests.push({ path, body });
      const answer = answerTo(path, body);
      if (answer === undefined || providers.status !== 200) {
        response.writeHead(answer === undefined ? 404 : providers.status, { 'content-type': 'application/json' });
        return response.end('{"error":{"message":"no"}}');
      }
      response.writeHead(200, { 'content-type': answer.type, 'x-request-id': 'req_1', ...answer.headers });
      for (const [index, piece] of answer.pieces.entries()) {
        if (index >= providers.cutAfter) return response.socket?.resetAndDestroy();
        if (response.destroyed) return;
        response.write(piece);
        if (providers.pace > 0 || providers.cutAfter < Infinity) await new Promise((resolve) => setTimeout(resolve, providers.pace || 5));
      }
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  providers.url = `http://127.0.0.1:${server.address().port}`;
  providers.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return providers;
}
