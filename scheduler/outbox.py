"""The outbox: hands due notices to the engine, urgent ones first, and looks after what dead couriers left."""

from __future__ import annotations

from datetime import datetime

import structlog

from delivery.courier import DATABASE_AWAY, Courier
from delivery.waiting import NOTICE, due_work
from kit import clock
from kit.engine import URGENT, Handler
from scheduler.job import Deps, job

log = structlog.get_logger()

_AT_ONCE = 500


@job(every=2)
async def outbox(now: datetime, deps: Deps) -> dict[str, int]:
    """Every two seconds: what is due goes out; while the platform is away only urgent ones are tried."""
    swept = await deps.courier.sweep(now)
    due = await due_work(now, _AT_ONCE)
    # Asked only when something is due, and before anything is handed out: what goes first must not be late for it.
    if due and not await deps.courier.is_reachable():
        due = [one for one in due if one.urgency == URGENT]
    await deps.engine.hand_out(due)
    return {"swept": swept, "due": len(due)}


@job(every=30)
async def stalled(now: datetime, deps: Deps) -> dict[str, int]:
    """Twice a minute: what a killed worker had taken from the engine is free again."""
    return {"freed": await deps.engine.sweep()}


def notice_handler(courier: Courier) -> tuple[str, Handler]:
    """What the engine calls for a due notice: an edge, so nothing that breaks one notice reaches another."""

    async def deliver(notice_id: int) -> None:
        now = clock.now()
        try:
            result = await courier.deliver(notice_id, now)
        except DATABASE_AWAY:
            log.warning("notice.database_away", notice=notice_id)
            return
        except Exception:
            log.exception("notice.broken", notice=notice_id)
            await courier.give_up(notice_id, now)
            return
        log.debug("notice.step", notice=notice_id, result=result)

    return NOTICE, deliver
