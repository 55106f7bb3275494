"""The part of a process that works unasked: the engine that hands out due rows, and the clockwork that knocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from bot.heartbeat import ring
from bot.house import House, database_url
from bot.listening import listening_job
from bot.nightly import backup_job
from bot.rehearsal import Rehearsal
from bot.retry import retry_job
from delivery.waiting import work_of
from kit import clock
from kit.engine import Engine
from kit.folder_lock import FolderLock
from models.database import transaction
from scheduler.engine_inprocess import InProcessEngine
from scheduler.job import Deps
from scheduler.jobs import JOBS
from scheduler.lease import StandBy
from scheduler.outbox import notice_handler
from scheduler.rounds import Clockwork

if TYPE_CHECKING:
    from bot.bell import Bell

Role = Literal["all", "web", "worker"]


class Work:
    """Engine and clockwork of one process; a `web` one only hands out."""

    def __init__(self, house: House, role: Role) -> None:
        self._house, self._role = house, role
        self.engine = _engine(house, role)
        self.engine.register(*notice_handler(house.courier))
        self._bell = _bell(house)
        self.clockwork = Clockwork(
            [*JOBS, retry_job(house), listening_job(house), backup_job(house)], self._deps(), clock.now, house.holder
        )
        self.rehearsal = Rehearsal(self.clockwork, self.finish)

    async def hand_out(self, notice_ids: Sequence[int]) -> None:
        """Give these posted notices to the engine, inside the transaction that posted them.

        What else became due in it (something that waited until this person wrote) is the outbox's to find: it is
        rung for, where there is a bell.
        """
        if notice_ids:
            await self.engine.hand_out(await work_of(notice_ids))
        if self._bell:
            self._bell.ring()

    async def start(self) -> None:
        """Begin to work; a `web` process sends nothing, so the pace is not divided by it."""
        if self._role != "web":
            await self._house.presence.begin()
        await self.engine.start()
        if self._role != "web":
            await self.clockwork.start()
            self._rehearse()
        if self._bell:
            self._bell.start(None if self._role == "web" else lambda: self.clockwork.look_now("outbox"))

    def _rehearse(self) -> None:
        """Only the one process of an embedded house can say when all that a moved clock made due is done."""
        if isinstance(self.engine, InProcessEngine):
            self.rehearsal.start()

    async def finish(self) -> None:
        """Wait until what was handed out in this process is done (`tick`)."""
        if isinstance(self.engine, InProcessEngine):
            await self.engine.drain()

    async def stop(self) -> None:
        """Let running jobs and deliveries end, take nothing new (promise R20)."""
        if self._bell:
            await self._bell.stop()
        if self._role != "web":
            await self.rehearsal.stop()
            await self.clockwork.stop()
        await self.engine.stop()
        if self._role != "web":
            await self._house.presence.end()

    def _deps(self) -> Deps:
        ping = self._ping if self._house.settings.heartbeat_url else None
        return Deps(
            engine=self.engine,
            courier=self._house.courier,
            county=self._house.county,
            transaction=transaction,
            ping=ping,
            data_dir=self._house.settings.data_dir,
        )

    async def _ping(self) -> None:
        await ring(self._house.settings.heartbeat_url)


def _bell(house: House) -> Bell | None:
    """The bell of all processes of this house; None where there is no Redis."""
    if not house.settings.redis_url:
        return None
    from bot.bell import Bell, channel_of

    return Bell(house.settings.redis_url, channel_of(database_url(house.settings)))


def _engine(house: House, role: Role) -> Engine:
    if house.settings.is_sqlite:
        return InProcessEngine()
    # Here and not above: only PostgreSQL needs its driver, and a start should not pay for it.
    from scheduler.engine_procrastinate import ProcrastinateEngine

    return ProcrastinateEngine(database_url(house.settings), works=role != "web")


def stand_by(house: House) -> StandBy:
    """On SQLite one process works; a second one waits here until the first is gone (promise R15)."""
    return StandBy("working", house.holder, FolderLock(house.settings.data_dir / "working.lock"))
