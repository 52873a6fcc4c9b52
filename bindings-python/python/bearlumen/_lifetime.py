"""What the end of a process and a fork mean for running workers."""

from __future__ import annotations

import atexit
import os
import sys
import time
import weakref
from typing import TYPE_CHECKING, Dict, Optional, Protocol, Set

from . import _log
from ._native import fork_noticed

if TYPE_CHECKING:
    from ._native import Tracker
    from ._worker import Worker


class Forkable(Protocol):
    """Shared with the parent after a fork unless it starts over."""

    def start_over(self) -> None: ...


class Recording(Protocol):
    """A stream whose event is still to come."""

    def end(self) -> None: ...

    def abandon(self) -> None: ...

    def belongs_to(self, tracker: Tracker) -> bool: ...


_streams: Dict[int, weakref.ref[Recording]] = {}
_forkable: weakref.WeakSet[Forkable] = weakref.WeakSet()
_running: Set[Worker] = set()
_watched_child = -1


def watch(thing: Forkable) -> None:
    """Remembers what must start over in a forked child."""
    _forkable.add(thing)


def stream_opened(stream: Recording) -> None:
    """Remembers a stream until its event is made."""
    _streams[id(stream)] = weakref.ref(stream)


def stream_ended(stream: Recording) -> None:
    """Its event is made."""
    _streams.pop(id(stream), None)


def end_streams(tracker: Optional[Tracker] = None) -> None:
    """Makes the events of all streams still open, or of one tracker's: nothing follows any more."""
    for reference in list(_streams.values()):
        stream = reference()
        if stream is not None and (tracker is None or stream.belongs_to(tracker)):
            stream.end()


def running(worker: Worker) -> None:
    """The worker's thread has started."""
    _running.add(worker)
    _watch_multiprocessing_child()


def ended(worker: Worker) -> None:
    """The worker's thread is about to end."""
    _running.discard(worker)


def _watch_multiprocessing_child() -> None:
    # A child of multiprocessing leaves through os._exit, past atexit; it runs its own finalizers before.
    global _watched_child
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None or _watched_child == os.getpid():
        return
    _watched_child = os.getpid()
    util.Finalize(None, _deliver_the_last, exitpriority=0)


@atexit.register
def _deliver_the_last() -> None:
    end_streams()
    workers = list(_running)
    if not workers:
        return
    wait = max(worker.tracker.exit_flush_ms for worker in workers) / 1000
    deadline = time.monotonic() + wait
    for worker in workers:
        worker.tracker.flush()
    for worker in workers:
        worker.flush(deadline)
        worker.stop(deadline)
        pending = worker.tracker.stats()["pending"]
        if pending:
            _log.warning("bearlumen: the process ends with %d event(s) undelivered", pending)


def start_over_in_child() -> None:
    """The parent keeps its events, streams, threads and connections; the child has its own from here on."""
    fork_noticed()
    _running.clear()
    for reference in list(_streams.values()):
        stream = reference()
        if stream is not None:
            stream.abandon()
    _streams.clear()
    for thing in list(_forkable):
        thing.start_over()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=start_over_in_child)
