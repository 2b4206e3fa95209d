"""Work in other processes: pieces whose order changes nothing, some known only after others."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from lupus_outcomes.analysis.predictive_models import one_thread

# Kind of the piece, what to do, with what.
Piece = tuple[str, Callable[..., Any], tuple[Any, ...]]
Done = tuple[str, Any]
# Pages are served by the same machine, and their readers wait.
POLITENESS = 5


def do_all(
    pieces: Iterable[Piece], follow: Callable[[str, Any], Iterable[Piece]], workers: int
) -> Iterator[Done]:
    """Kind and result of each piece as it is done, and of what each ``follow``s with.

    In this process for one worker, else in processes of their own.
    """
    if workers == 1:
        yield from _do_here(list(pieces), follow)
        return
    # Begun anew: a copy of this process would share the locks of its threads.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin_worker) as processes:
        running = {processes.submit(_do, piece) for piece in pieces}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for kind, found in (future.result() for future in done):
                    running |= {processes.submit(_do, piece) for piece in follow(kind, found)}
                    yield kind, found
        finally:
            processes.shutdown(wait=False, cancel_futures=True)


def _do_here(pieces: list[Piece], follow: Callable[[str, Any], Iterable[Piece]]) -> Iterator[Done]:
    for piece in pieces:
        kind, found = _do(piece)
        yield kind, found
        yield from _do_here(list(follow(kind, found)), follow)


def _do(piece: Piece) -> Done:
    kind, do, given = piece
    with one_thread():
        return kind, do(*given)


def _begin_worker() -> None:
    """A server that is killed takes its workers with it."""
    os.nice(POLITENESS)
    parent = parent_process()
    assert parent is not None, "begun in a worker"

    def wait_for_end() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait_for_end, daemon=True).start()
