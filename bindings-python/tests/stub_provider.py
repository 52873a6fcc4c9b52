"""The providers' HTTP interfaces, as far as their SDKs need them. Only the providers are made up; their SDKs are real."""

from __future__ import annotations

import binascii
import json
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Iterable, Optional

from responses import anthropic_message, openai_chat

CHAT_ID = "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY"
CHAT_USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
GEMINI_USAGE = {"promptTokenCount": 147, "candidatesTokenCount": 108, "thoughtsTokenCount": 360, "totalTokenCount": 615}
RESPONSE: dict[str, Any] = {
    "id": "resp_0123456789abcdef0123456789abcdef0123456789abcdef",
    "object": "response",
    "created_at": 1795176000,
    "status": "completed",
    "model": "gpt-4o-2024-08-06",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {
        "input_tokens": 1000,
        "input_tokens_details": {"cached_tokens": 400},
        "output_tokens": 100,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 1100,
    },
}


def chat_chunk(content: Optional[str], finish_reason: Optional[str] = None, **changes: Any) -> dict[str, Any]:
    delta = {} if content is None else {"role": "assistant", "content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"id": CHAT_ID, "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-2024-08-06"}
    return {**chunk, "choices": [choice], **changes}


def chat_stream(request: dict[str, Any]) -> Iterable[Any]:
    yield chat_chunk("Bl")
    yield chat_chunk("ue")
    yield chat_chunk(None, "stop")
    if (request.get("stream_options") or {}).get("include_usage"):
        yield chat_chunk(None, choices=[], usage=CHAT_USAGE)


def mistral_stream(request: dict[str, Any]) -> Iterable[Any]:
    assert "stream_options" not in request  # it answers 422
    yield chat_chunk("Blue", model="mistral-small-latest", id="cmpl-1")
    yield chat_chunk(None, "stop", model="mistral-small-latest", id="cmpl-1", usage=CHAT_USAGE)


def message_stream(message: dict[str, Any]) -> Iterable[Any]:
    usage = message["usage"]
    started = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": started}
    if message["stop_reason"] == "tool_use":
        yield {"type": "content_block_start", "index": 0, "content_block": {**message["content"][0], "input": {}}}
        yield _delta({"type": "input_json_delta", "partial_json": json.dumps(message["content"][0]["input"])})
    else:
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        for text in ("Bl", "ue"):
            yield _delta({"type": "text_delta", "text": text})
    yield {"type": "content_block_stop", "index": 0}
    ended = {"output_tokens": usage["output_tokens"]}
    yield {"type": "message_delta", "delta": {"stop_reason": message["stop_reason"]}, "usage": ended}
    yield {"type": "message_stop"}


def _delta(delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def response_stream(response: dict[str, Any]) -> Iterable[Any]:
    started = {**response, "status": "in_progress", "usage": None, "output": []}
    yield {"type": "response.created", "sequence_number": 0, "response": started}
    for index, item in enumerate(response["output"]):
        place = {"output_index": index, "item": item}
        yield {"type": "response.output_item.added", "sequence_number": 2 * index + 1, **place}
        yield {"type": "response.output_item.done", "sequence_number": 2 * index + 2, **place}
    last = 2 * len(response["output"]) + 1
    yield {"type": "response.completed", "sequence_number": last, "response": response}


def gemini(**changes: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": "Blue"}]}
    answer = {"candidates": [{"content": content, "finishReason": "STOP"}], "usageMetadata": GEMINI_USAGE}
    return {**answer, "modelVersion": "gemini-2.5-flash", **changes}


def gemini_stream(request: dict[str, Any]) -> Iterable[Any]:
    yield gemini(usageMetadata={"promptTokenCount": 46, "candidatesTokenCount": 57, "totalTokenCount": 103})
    yield gemini()


GEMINI_CALL_USAGE = {"promptTokenCount": 50, "candidatesTokenCount": 10, "totalTokenCount": 60}


def gemini_call(request: dict[str, Any]) -> Optional[dict[str, Any]]:
    """Asks for the function of a request until its answer is there."""
    parts = request["contents"][-1]["parts"]
    if not request.get("tools") or any("functionResponse" in part for part in parts):
        return None
    asked = {"role": "model", "parts": [{"functionCall": {"name": "colour_of", "args": {"thing": "sky"}}}]}
    return gemini(candidates=[{"content": asked, "finishReason": "STOP"}], usageMetadata=GEMINI_CALL_USAGE)


def message_call(request: dict[str, Any]) -> Optional[dict[str, Any]]:
    last = request["messages"][-1]["content"]
    answered = isinstance(last, list) and any(part["type"] == "tool_result" for part in last)
    if not request.get("tools") or answered:
        return None
    use = {"type": "tool_use", "id": "toolu_1", "name": "colour_of", "input": {"thing": "sky"}}
    usage = {"input_tokens": 50, "output_tokens": 10}
    return anthropic_message(content=[use], stop_reason="tool_use", usage=usage)


def response_call(request: dict[str, Any]) -> Optional[dict[str, Any]]:
    items = request["input"] if isinstance(request["input"], list) else []
    if not request.get("tools"):
        return None
    if any(item.get("type") == "function_call_output" for item in items):
        text = {"type": "output_text", "text": "Blue", "annotations": []}
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [text]}
        return {**RESPONSE, "output": [message]}
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "colour_of", "status": "completed"}
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    usage = {"input_tokens": 50, "output_tokens": 10, "total_tokens": 60, **details}
    return {**RESPONSE, "output": [{**call, "arguments": '{"thing": "sky"}'}], "usage": usage}


def conversation(request: dict[str, Any]) -> dict[str, Any]:
    inputs = request["inputs"] if isinstance(request["inputs"], list) else []
    if any(entry.get("type") == "function.result" for entry in inputs):
        entry = {"type": "message.output", "role": "assistant", "content": "Blue", "model": "mistral-small-latest"}
        usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    else:
        entry = {"type": "function.call", "tool_call_id": "call_1", "name": "colour_of", "arguments": '{"thing": "sky"}'}
        usage = {"prompt_tokens": 50, "completion_tokens": 10, "total_tokens": 60}
    return {"object": "conversation.response", "conversation_id": "conv_1", "outputs": [entry], "usage": usage}


def ollama(done: bool = True, **changes: Any) -> dict[str, Any]:
    answer = {"model": "llama3.2", "created_at": "2026-11-20T12:00:00Z", "done": done}
    message = {"role": "assistant", "content": "Blue"}
    counts = {"done_reason": "stop", "prompt_eval_count": 26, "eval_count": 298} if done else {}
    return {**answer, "message": message, **counts, **changes}


CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Blue"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 10, "outputTokens": 20, "totalTokens": 30},
    "metrics": {"latencyMs": 1},
}


def frame(event: str, payload: dict[str, Any]) -> bytes:
    """An event of AWS's binary framing."""
    headers = b""
    for name, value in ((":event-type", event), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", len(headers) + len(body) + 16, len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + body
    return message + struct.pack(">I", binascii.crc32(message))


def converse_frames() -> bytes:
    return (
        frame("messageStart", {"role": "assistant"})
        + frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Blue"}})
        + frame("messageStop", {"stopReason": "end_turn"})
        + frame("metadata", {"usage": CONVERSE["usage"], "metrics": {"latencyMs": 1}})
    )


def invoke_frames() -> bytes:
    from base64 import b64encode

    def chunk(event: Any) -> bytes:
        return frame("chunk", {"bytes": b64encode(json.dumps(event).encode()).decode()})

    return b"".join(chunk(event) for event in message_stream(anthropic_message()))


def events(chunks: Iterable[Any], named: bool = False, last: str = "") -> bytes:
    def event(chunk: Any) -> str:
        return (f"event: {chunk['type']}\n" if named else "") + f"data: {json.dumps(chunk)}\n\n"

    return ("".join(map(event, chunks)) + last).encode()


class StubProvider:
    """``requests`` holds what came: path and body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> StubProvider:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, request: Any) -> tuple[str, bytes]:
        """Content type and body."""
        streams = isinstance(request, dict) and bool(request.get("stream"))
        sse = "text/event-stream; charset=utf-8"
        if path.endswith("/openai/chat/completions"):
            if streams:
                return sse, events(chat_stream(request), last="data: [DONE]\n\n")
            return "application/json", json.dumps(openai_chat()).encode()
        if path.endswith("/openai/responses"):
            response = response_call(request) or RESPONSE
            return (sse, events(response_stream(response), named=True)) if streams else _json(response)
        if path.endswith("/openai/embeddings"):
            row = {"object": "embedding", "index": 0, "embedding": [0.5]}
            usage = {"prompt_tokens": 8, "total_tokens": 8}
            return _json({"object": "list", "data": [row], "model": "text-embedding-3-small", "usage": usage})
        if path.endswith("/openai/images/generations"):
            details = {"text_tokens": 50, "image_tokens": 0}
            usage = {"input_tokens": 50, "output_tokens": 4160, "total_tokens": 4210, "input_tokens_details": details}
            return _json({"created": 1, "data": [{"b64_json": ""}], "usage": usage})
        if path.endswith("/v1/messages"):
            message = message_call(request) or anthropic_message()
            return (sse, events(message_stream(message), named=True)) if streams else _json(message)
        if path.endswith(":generateContent"):
            return _json(gemini_call(request) or gemini())
        if ":streamGenerateContent" in path:
            call = gemini_call(request)
            return sse, events([call] if call else gemini_stream(request))
        if "/mistral/v1/conversations" in path:
            return _json(conversation(request))
        if path.endswith("/mistral/v1/chat/completions"):
            if streams:
                return sse, events(mistral_stream(request), last="data: [DONE]\n\n")
            return _json(openai_chat(model="mistral-small-latest", id="cmpl-1"))
        if path.endswith("/api/chat"):
            if streams:
                lines = [ollama(done=False), ollama()]
                return "application/x-ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            return _json(ollama())
        if path.endswith("/converse"):
            return _json(CONVERSE)
        if path.endswith("/converse-stream"):
            return "application/vnd.amazon.eventstream", converse_frames()
        if path.endswith("/invoke"):
            return _json(anthropic_message())
        if path.endswith("/invoke-with-response-stream"):
            return "application/vnd.amazon.eventstream", invoke_frames()
        raise AssertionError(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that go away are part of the tests


def _json(body: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(body).encode()


def _handler_of(provider: StubProvider) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            path = self.path.partition("?")[0]
            provider.requests.append((path, request))
            content_type, body = provider.answer(path, request)
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            if "converse" in path or "invoke" in path:
                self.send_header("x-amzn-bedrock-input-token-count", "120")
                self.send_header("x-amzn-bedrock-output-token-count", "48")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
