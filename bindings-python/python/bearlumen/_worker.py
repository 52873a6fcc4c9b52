"""The background thread that carries batches. What to send, and when, the native state machine says."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Callable, Deque, Iterable, Mapping, Optional, Tuple

from . import _errors, _lifetime, _log
from ._native import Tracker

if TYPE_CHECKING:
    from ._errors import Problem
    from ._transport import Transport

OnError = Callable[[_errors.BearLumenError], object]


class Worker:
    """Delivery of one client. The thread starts with the first event."""

    def __init__(
        self,
        transport: Transport,
        on_error: Optional[OnError],
        policy: Optional[Mapping[str, Any]],
        spool: Optional[Tuple[str, str]] = None,
    ) -> None:
        self._transport = transport
        self._on_error = on_error
        self._stopped = False
        self._retired = False
        self._unreachable = False
        self._fresh()
        # The tracker calls this from any thread, inside track(). It must not keep the worker alive.
        me = weakref.ref(self)
        self.tracker = Tracker(lambda: _wake(me), policy, spool)
        _lifetime.watch(self)
        if spool is not None and self.tracker.adopt_spools():
            self.wake()

    def _fresh(self) -> None:
        # A SimpleQueue may be rung from a signal handler or a destructor that interrupts another ring.
        self._doorbell: SimpleQueue[None] = SimpleQueue()
        self._flushers: Deque[Tuple[int, SimpleQueue[None]]] = deque()
        self._starting = threading.Lock()
        self._thread: Optional[threading.Thread] = None

    # -- called by the user's threads ------------------------------------------------------------------

    def wake(self) -> None:
        """Makes the thread look again, and starts it when there is none."""
        if self._stopped:
            self._tell(self.tracker.take_losses())
            return
        thread = self._thread
        # Who finds the lock taken may go on: the thread is being started.
        if (thread is None or not thread.is_alive()) and self._starting.acquire(blocking=False):
            try:
                self._start()
            finally:
                self._starting.release()
        self._doorbell.put(None)

    def flush(self, deadline: float) -> None:
        """Sends what is queued now and waits until it is settled or ``time.monotonic()`` passes ``deadline``."""
        flush = self.tracker.flush()
        if self.tracker.is_settled(flush) or self._stopped or threading.current_thread() is self._thread:
            return
        settled: SimpleQueue[None] = SimpleQueue()
        self._flushers.append((flush, settled))
        if self._stopped:  # meanwhile; nobody is left to answer
            return
        self.wake()
        try:
            settled.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            pass

    def stop(self, deadline: float) -> None:
        """Ends the thread, at once when it has nothing on its way."""
        self._stopped = True
        self._doorbell.put(None)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(max(0.0, deadline - time.monotonic()))
        self._tell(self.tracker.take_losses())
        self._close_unless_running()

    def retire(self) -> None:
        """The client is gone: what is queued is still delivered, then the thread ends."""
        self._retired = True
        if self.tracker.open_streams:
            # Their events are still to come; the thread waits for them.
            self.tracker.flush()
        else:
            self.tracker.close()
        self._doorbell.put(None)
        self._close_unless_running()

    def start_over(self) -> None:
        """In a forked child: the parent delivers what it had queued, the child what it tracks itself."""
        self._fresh()
        self.tracker.start_over()
        if self._stopped or self._retired:
            self.tracker.close()

    def _close_unless_running(self) -> None:
        # A running thread closes the connections itself, after its last request.
        if self._thread is None or not self._thread.is_alive():
            self._transport.close()

    # -- the thread ------------------------------------------------------------------------------------

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="bearlumen", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # Out of threads, or the interpreter is going down. The events stay counted as pending.
            _log.warning("bearlumen cannot start its thread: %s", error)
            return
        self._thread = thread

    def _run(self) -> None:
        _lifetime.running(self)
        try:
            while not self._stopped:
                step = self.tracker.next_step()
                self._tell(self.tracker.take_losses())
                trouble = self.tracker.spool_trouble()
                if trouble is not None:
                    _log.warning("bearlumen: %s", trouble)
                self._release_flushers()
                if step is None:
                    if self._retired and not self.tracker.open_streams and self.tracker.is_flushed():
                        self.tracker.close()
                        break
                    self._sleep(None)
                elif isinstance(step, int):
                    self._sleep(step / 1000)
                else:
                    self._send(*step)
        finally:
            _lifetime.ended(self)
            self._release_flushers(everyone=True)
            self._transport.close()
            self.tracker.release_spool()

    def _sleep(self, seconds: Optional[float]) -> None:
        try:
            self._doorbell.get(timeout=seconds)
        except Empty:
            pass

    def _send(self, batch_id: int, body: bytes) -> None:
        status, retry_after, answer = None, None, b""
        try:
            status, retry_after, answer = self._transport.send_batch(body)
            self._unreachable = False
        except Exception as error:  # whatever went wrong, the batch must be reported
            if not self._unreachable:
                _log.warning("bearlumen cannot reach %s, and will try again: %s", self._transport.base_url, error)
            self._unreachable = True
        self._tell(self.tracker.report(batch_id, status, retry_after, answer))

    def _release_flushers(self, everyone: bool = False) -> None:
        """Each waits for its own flush: the last one moves on as long as others track and flush."""
        for _ in range(len(self._flushers)):
            flush, settled = self._flushers.popleft()
            if everyone or self.tracker.is_settled(flush):
                settled.put(None)
            else:
                self._flushers.append((flush, settled))

    def _tell(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            error = _errors.from_problem(problem)
            _log.warning("bearlumen gave up %d event(s): %s", error.events, error)
            if self._on_error is None:
                continue
            try:
                self._on_error(error)
            except Exception:
                _log.exception("bearlumen: on_error raised")


def _wake(me: weakref.ref[Worker]) -> None:
    worker = me()
    if worker is not None:
        worker.wake()
