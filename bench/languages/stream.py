"""What track(stream) adds to each chunk, in processor time: the same real chunks with and without it, in turn."""

import json
import time
from typing import Any, Callable, Dict, Iterator, List

import bearlumen
from anthropic.types import RawMessageStreamEvent
from google.genai.types import GenerateContentResponse
from openai.types.chat import ChatCompletionChunk
from pydantic import TypeAdapter
from rounds import STUB, in_turns, leave, tell

CHUNKS = 20_000
# What is added is the difference of two much longer times: it takes more rounds to be sure of.
ROUNDS = 25
# So many different ones, over and over: a chunk is tracked when it was just made, and so is near the processor.
DIFFERENT = 256

chat_base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-2024-08-06"}
message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "content": []}


def chat(content: str, **more: Any) -> Dict[str, Any]:
    return {**chat_base, "choices": [{"index": 0, "delta": {"content": content}}], "usage": None, **more}


def claude(number: int) -> Dict[str, Any]:
    delta = {"type": "text_delta", "text": f"word {number}"}
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def gemini(number: int) -> Dict[str, Any]:
    usage = {"promptTokenCount": 8, "candidatesTokenCount": number, "totalTokenCount": 8 + number}
    content = {"parts": [{"text": "word"}], "role": "model"}
    return {"candidates": [{"content": content, "index": 0}], "usageMetadata": usage, "modelVersion": "gemini-2.5-flash"}


def of(make: Callable[[int], Dict[str, Any]], kind: Any, first: List[Any] = [], last: List[Any] = []) -> List[Any]:
    adapter = TypeAdapter(kind)

    def made(chunk: Any) -> Any:
        return adapter.validate_python(json.loads(json.dumps(chunk)))

    some = [made(make(number)) for number in range(DIFFERENT)]
    return [*map(made, first), *(some[number % DIFFERENT] for number in range(CHUNKS)), *map(made, last)]


usage = {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29}
STREAMS = {
    "OpenAI's own chunks, usage at the end": of(
        lambda number: chat(f"word {number}"), ChatCompletionChunk, last=[chat("", choices=[], usage=usage)]
    ),
    "Anthropic's own events, usage at both ends": of(
        claude,
        RawMessageStreamEvent,
        first=[{"type": "message_start", "message": {**message, "usage": {"input_tokens": 25, "output_tokens": 1}}}],
        last=[
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 12}},
            {"type": "message_stop"},
        ],
    ),
    "Gemini's own chunks, usage in every one": of(gemini, GenerateContentResponse),
    "dictionaries, usage at the end": of(
        lambda number: chat(f"word {number}"), dict, last=[chat("", choices=[], usage=usage)]
    ),
}

bear = bearlumen.Client("sk_test_bench", base_url=STUB)


def opened(chunks: List[Any]) -> Iterator[Any]:
    yield from chunks


def gone_through(stream: Iterator[Any]) -> float:
    started = time.thread_time_ns()
    for _ in stream:
        pass
    return (time.thread_time_ns() - started) / CHUNKS


for name, chunks in STREAMS.items():
    figures = in_turns(
        {
            "alone": lambda: gone_through(opened(chunks)),
            "tracked": lambda: gone_through(bear.track(opened(chunks))),
        },
        ROUNDS,
    )
    tell(f"Python: {name}", (figures["tracked"] - figures["alone"]) / 1000, "us a chunk")
bear.flush()
assert bear.stats().sent == ROUNDS * len(STREAMS)
leave()
