"""Starts the service on either host, as a user would, on a free port with an empty data folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
ADMIN_SECRET = "an admin secret that only the tests know"
START_TIMEOUT_S = 60
# Where it keeps fewer idle connections than there are threads, httpcore 1.0 may close one that it has just given to a
# thread which has not begun to use it.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=None)


@dataclass
class Organization:
    """A fresh organisation with a key that may do everything."""

    id: str
    key: str


@dataclass
class Host:
    """A running service. ``kill`` is a power cut for the process; ``start`` again finds the same data."""

    name: str
    folder: Path
    process: subprocess.Popen | None = None
    base_url: str = ""
    admin_secret: str = ADMIN_SECRET
    extra_environment: dict[str, str] = field(default_factory=dict)
    extra_arguments: list[str] = field(default_factory=list)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False, limits=LIMITS))

    def start(self) -> None:
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        log = open(self.folder / "log.txt", "ab")
        arguments = ["--addr", "127.0.0.1:0", "--data", str(self.folder / "data"), "--ready-file", str(ready), *self.extra_arguments]
        self.process = subprocess.Popen(self.command() + arguments, cwd=ROOT, stdout=log, stderr=log, env=self.environment())
        deadline = time.monotonic() + START_TIMEOUT_S
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self.log()[-3000:]}")
            time.sleep(0.02)
        while True:
            try:
                told = json.loads(ready.read_text())
                break
            except json.JSONDecodeError:
                time.sleep(0.01)
        self.base_url = told["base_url"]
        self.admin_secret = told.get("admin_secret", ADMIN_SECRET)

    def command(self) -> list[str]:
        if self.name == "native":
            return [os.environ.get("BEARLUMEN_BIN", str(ROOT / "target/release/bearlumen")), "serve"]
        return [str(ROOT / "target/debug/xtask"), "edge"]

    def environment(self) -> dict[str, str]:
        own = {"BEARLUMEN_ADMIN_SECRET": ADMIN_SECRET} if self.name == "native" else {}
        return {**os.environ, **own, **self.extra_environment}

    def kill(self) -> None:
        """``kill -9``: nothing is flushed, nothing is said."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def admin(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"authorization": f"Bearer {self.admin_secret}"}
        answer = self.client.request(method, self.base_url + path, json=body, headers=headers)
        assert answer.status_code in (200, 201), f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def organization(self, name: str = "test") -> Organization:
        made = self.admin("POST", "/admin/organizations", {"name": name})
        return Organization(made["organization"]["id"], made["key"])

    def key(self, organization: Organization, *scopes: str) -> dict:
        return self.admin("POST", f"/admin/organizations/{organization.id}/keys", {"scopes": list(scopes)})

    def revoke(self, organization: Organization, key_id: str) -> None:
        self.admin("DELETE", f"/admin/organizations/{organization.id}/keys/{key_id}")

    def call(self, organization: Organization, method: str, path: str, **options) -> httpx.Response:
        headers = {"authorization": f"Bearer {organization.key}", **options.pop("headers", {})}
        return self.client.request(method, self.base_url + path, headers=headers, **options)
