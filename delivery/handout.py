"""Queues due rows with the engine of PostgreSQL, in the transaction that made them due."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kit.engine import URGENT, Work
from models.handouts import Handout, defer_jobs, engine_is_ready

__all__ = ["QUEUE", "TASK", "URGENT_QUEUE", "defer", "engine_is_ready"]

TASK = "jinqiu.row"
URGENT_QUEUE, QUEUE = "urgent", "rows"
_MOST = 10


async def defer(work: Sequence[Work]) -> None:
    """Queue these rows once each, the urgent ones in their own queue; never with a time of their own."""
    jobs = [
        Handout(
            URGENT_QUEUE if one.urgency == URGENT else QUEUE,
            _MOST - one.urgency,
            one.lane,
            f"{one.kind}:{one.id}",
            json.dumps({"kind": one.kind, "id": one.id}),
        )
        for one in dict.fromkeys(work)
    ]
    if jobs:
        await defer_jobs(TASK, jobs)
