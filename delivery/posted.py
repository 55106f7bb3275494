"""Lets an edge learn which notices its transaction posted, so that they are handed out right after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_ids: ContextVar[list[int] | None] = ContextVar("posted_notices", default=None)


@contextmanager
def collecting() -> Iterator[list[int]]:
    """Collect the ids of notices posted inside; what is rolled back is dropped by clearing the list."""
    ids: list[int] = []
    token = _ids.set(ids)
    try:
        yield ids
    finally:
        _ids.reset(token)


def note(ids: Sequence[int]) -> None:
    """These rows were stored by the running transaction."""
    collected = _ids.get()
    if collected is not None:
        collected.extend(ids)
