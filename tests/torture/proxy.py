"""A network that loses answers: a TCP proxy that now and then cuts a connection after the request went through."""

from __future__ import annotations

import random
import socket
import threading
from urllib.parse import urlsplit


class LossyProxy:
    """Passes bytes both ways; before an answer it may cut the connection instead."""

    def __init__(self, loss: float, seed: int):
        self.loss = loss
        self.random = random.Random(seed)
        self.upstream = ("", 0)
        self.lost = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.base_url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def lead_to(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.upstream = (parts.hostname, parts.port)

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self.upstream, timeout=30)
        except OSError:
            client.close()
            return
        threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
        self.pump(server, client, True)

    def pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if answers and self.random.random() < self.loss:
                    self.lost += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self.listener.close()
