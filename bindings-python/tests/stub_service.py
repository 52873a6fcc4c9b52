"""A local service that misbehaves as told, and remembers every event it acknowledged."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Optional

BATCH = "/v1/usage/events/batch"


@dataclass
class Answer:
    """What the service does with one batch."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: Optional[Any] = None  # the documented body when absent
    stores: bool = True
    how: str = "whole"  # or "reset", before any answer; "cut", in the middle of it; "never"
    errors: dict[int, dict[str, Any]] = field(default_factory=dict)  # by index, in a 207


def refuse(status: int, code: str, **headers: str) -> Answer:
    """An error for the whole batch."""
    error = {"code": code, "message": f"refused with {code}", "correlationId": "OLIVE-DINOSAUR-1b2fE4"}
    return Answer(status, headers, {"success": False, "error": error, "meta": {}}, stores=False)


class StubService:
    """``script`` is what happens to the next batches, in order; after it, all goes well."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        # What a path answers: always the same, or of several the first and so on, and then the last for ever.
        self.replies: dict[str, Any] = {}
        self.default_reply: tuple[int, dict[str, str], Any] = (404, {}, {})
        self.stored: Counter[str] = Counter()
        self.events: list[dict[str, Any]] = []
        self.batches: list[list[str]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.times: list[float] = []
        self.noting = threading.Lock()
        self.methods: list[str] = []
        self.connections: set[Any] = set()
        self.bodies: list[Any] = []
        self.takes_batches = True
        # In long runs: what happens when the script is over, and whether events are kept or only counted.
        self.trouble: Callable[[], Answer] = Answer
        self.refuses_first: Optional[Answer] = None  # to each key, the first time it comes
        self.keeps_events = True
        self.new_events = 0
        self.hold = threading.Event()
        self.arrived = threading.Semaphore(0)
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> StubService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()

    def times_by_key(self, header: str) -> list[list[float]]:
        """When each of several clients, told apart by a header, sent its requests."""
        times: dict[str, list[float]] = {}
        for (_, headers), moment in zip(self.requests, self.times):
            times.setdefault(headers[header], []).append(moment)
        return list(times.values())

    def take_batch(self, events: list[dict[str, Any]]) -> tuple[Answer, Any]:
        with self._lock:
            if self.keeps_events:
                self.batches.append([event["idempotencyKey"] for event in events])
            answer = self.script.pop(0) if self.script else self.trouble()
            if self.refuses_first is not None and len(self._seen) != len(self._seen | {*self.batches[-1]}):
                self._seen.update(self.batches[-1])
                answer = self.refuses_first
            results = []
            for index, event in enumerate(events):
                key = event["idempotencyKey"]
                error = answer.errors.get(index)
                is_new = key not in self.stored
                if answer.stores and error is None:
                    self.stored[key] += 1
                    if is_new:
                        self.new_events += 1
                        if self.keeps_events:
                            self.events.append(event)
                results.append({"index": index, "recorded": error is None and is_new, **({"error": error} if error else {})})
        self.arrived.release()
        body = answer.body if answer.body is not None else {"results": results}
        return answer, body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that go away are part of the tests


def _handler_of(service: StubService) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _note(self) -> None:
            service.connections.add(self.client_address)
            headers = {name.lower(): value for name, value in self.headers.items()}
            with service.noting:
                if service.keeps_events:
                    service.times.append(time.monotonic())
                    service.requests.append((self.path, headers))
            length = int(self.headers.get("Content-Length") or 0)
            self.body = json.loads(self.rfile.read(length)) if length else None
            if service.keeps_events:
                service.bodies.append(self.body)

        def _reply(self) -> None:
            service.methods.append(self.command)
            reply = service.replies.get(self.path.partition("?")[0], service.default_reply)
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]
            if reply == "reset":
                self._reset()
                return
            self._write(*reply)

        def _reset(self) -> None:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()

        def do_GET(self) -> None:
            self._note()
            self._reply()

        do_PATCH = do_DELETE = do_GET

        def do_POST(self) -> None:
            self._note()
            if self.path != BATCH or not service.takes_batches:
                self._reply()
                return
            answer, reply = service.take_batch(self.body["events"])
            if answer.how == "never":
                service.hold.wait(30)
            if answer.how in ("reset", "never"):
                self._reset()
                return
            self._write(answer.status, answer.headers, reply, is_cut=answer.how == "cut")

        def _write(self, status: int, headers: dict[str, str], body: Any, is_cut: bool = False) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if is_cut:
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)

    return Handler
