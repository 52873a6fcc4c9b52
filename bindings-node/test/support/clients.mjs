// The providers' own SDKs, talking to the stand-ins.
import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { Ollama } from 'ollama';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import OpenAI from 'openai';

export const clients = (url) => ({
  openai: new OpenAI({ apiKey: 'x', baseURL: `${url}/v1`, maxRetries: 0 }),
  anthropic: new Anthropic({ apiKey: 'x', baseURL: url, maxRetries: 0 }),
  google: new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: url } }),
  mistral: new Mistral({ apiKey: 'x', serverURL: url }),
  ollama: new Ollama({ host: url }),
  bedrock: new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  }),
});

export { messages } from './responses.mjs';
