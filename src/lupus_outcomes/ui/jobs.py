"""Work that takes longer than a reader waits: done once in the background, whoever asks.

Jobs belong to the server, not to a session: a page that is left loses nothing, and two readers with
the same question share one job. One runs at a time, for it keeps every core busy by itself; next is
the one last asked for, since its reader is still there.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any

JOBS_KEPT = 20
Report = Callable[[float], None]
Work = Callable[[Report], Any]
_log = logging.getLogger(__name__)


@dataclass
class Job:
    """One job as it stands. ``share``: done, from 0 to 1. ``failed``: the kind of error, if any."""

    share: float = 0.0
    is_running: bool = False
    answer: Any = None
    failed: str = ""
    finished: Event = field(default_factory=Event)

    @property
    def is_over(self) -> bool:
        """Whether it has an answer or has failed."""
        return self.finished.is_set()


@dataclass
class Jobs:
    """The jobs of a server by what they answer; the longest unasked of those over is forgotten.

    ``head_start``: seconds that a job leaves to the page that asked for it.
    """

    kept: int = JOBS_KEPT
    head_start: float = 0.0
    _jobs: OrderedDict[Hashable, Job] = field(default_factory=OrderedDict)
    _lock: Condition = field(default_factory=Condition)
    _is_busy: bool = False

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """What was asked, the longest unasked first."""
        with self._lock:
            return tuple(self._jobs)

    def ask(self, key: Hashable, work: Work) -> Job:
        """The job of that key, begun if nobody asked before."""
        with self._lock:
            job = self._jobs.get(key)
            is_new = job is None
            if job is None:
                job = self._jobs[key] = Job()
            self._jobs.move_to_end(key)
            self._forget_the_oldest()
            self._lock.notify_all()
        if is_new:
            Thread(target=self._do, args=(job, work), daemon=True, name="resampling").start()
        return job

    def look(self, key: Hashable) -> Job | None:
        """The job of that key as it stands; none where nobody asked."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Let the next who asks begin anew, where a job has failed."""
        with self._lock:
            if key in self._jobs and self._jobs[key].is_over:
                del self._jobs[key]

    def _forget_the_oldest(self) -> None:
        over = [key for key, job in self._jobs.items() if job.is_over]
        for key in over[: max(len(self._jobs) - self.kept, 0)]:
            del self._jobs[key]

    def _do(self, job: Job, work: Work) -> None:
        def report(share: float) -> None:
            job.share = share

        time.sleep(self.head_start)
        with self._lock:
            self._lock.wait_for(lambda: not self._is_busy and job is self._last_asked())
            self._is_busy = job.is_running = True
        try:
            job.answer = work(report)
            job.share = 1.0
        except Exception as problem:
            # The kind only: what an error says may hold a patient's value.
            job.failed = type(problem).__name__
            _log.error("A job in the background failed: %s", job.failed)
        finally:
            with self._lock:
                self._is_busy = job.is_running = False
                job.finished.set()
                self._lock.notify_all()

    def _last_asked(self) -> Job:
        return next(job for job in reversed(self._jobs.values()) if not job.is_over)
