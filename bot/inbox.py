"""Takes messages in: each has its effect once, in its person's order, several under one flush to disk.

Messages wait in lanes. A lane works through a batch in one transaction: a handful of statements serve the whole batch,
each person's handler runs in turn, one commit, then every answer leaves (promises R1–R5). The batch is tried without
savepoints first; when one message breaks or is refused, nothing has happened yet, and the batch is done again with a
savepoint around each, so that a broken message harms only itself (R6).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zlib import crc32

import structlog
from prometheus_client import Histogram

import texts
from bot.answering import answered_to, context_of, opened_windows
from bot.pace import Pace
from conversation.context import Context
from conversation.engine import Answered, Engine
from conversation.seat import write_seat
from delivery.posted import collecting
from delivery.waiting import wake
from kit.county import County
from models import arrivals
from models.arrivals import Key, Taken
from models.counters import added
from models.database import spawn, transaction
from models.people.accounts import Account
from models.writers import Writer, writers
from models.writes import Write, gathering, store
from wechat.messages import Message

log = structlog.get_logger()

BATCH = 48
MOST_WAITING = 2000
DEADLINE_SECONDS = 4.0
RETRY_AFTER = timedelta(minutes=1)
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)


class NotInTime(Exception):
    """No answer within the deadline: nothing is acknowledged, and the platform's repeat will join the work."""


class Overloaded(Exception):
    """Too many messages wait already; refusing fast keeps the house standing (promise R19)."""


class NotSaved(Exception):
    """The database did not take the message: nothing is acknowledged (promises R17, R18)."""


class _Broken(Exception):
    """One message of a batch broke or was refused: the batch must be done again one by one."""


@dataclass(slots=True)
class Arrival:
    """A message on its way, and the promise of its answer."""

    key: Key
    message: Message
    received_at: datetime
    answer: asyncio.Future[str]
    is_hasty: bool | None = None
    """Whether its account sent too much; counted once, however often the batch is tried."""

    def taken(self) -> Taken:
        """The row it becomes."""
        created = datetime.fromtimestamp(self.message.created, UTC)
        return Taken(*self.key, self.message.kind, created, self.received_at)


@dataclass(slots=True)
class Worked:
    """What became of a batch's new messages; `opened` are recipients whose window was closed until now."""

    rows: list[Taken]
    accounts: list[Account] = field(default_factory=list)
    gathered: list[Write] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def writes(self) -> list[Write]:
        """What is to be stored of them."""
        return [*self.gathered, arrivals.taken_in(self.rows), arrivals.kept_talk(self.accounts)]


@dataclass(slots=True)
class _Lane:
    waiting: deque[Arrival] = field(default_factory=deque)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Inbox:
    """The durable door. `lanes` is 1 on SQLite (one writer) and a few on PostgreSQL; a person stays in one lane.

    `hand_out` gets the ids of what a batch posted, inside its transaction, so that it goes out right after the commit.
    """

    def __init__(
        self, engine: Engine, county: County, *, lanes: int, hand_out: Callable[[Sequence[int]], Awaitable[None]]
    ) -> None:
        self._engine = engine
        self._county = county
        self._pace = Pace(county.talk.per_minute)
        self._lanes = [_Lane() for _ in range(lanes)]
        self._hand_out = hand_out
        self._under_way: dict[Key, Arrival] = {}
        self._counts: Counter[str] = Counter()
        self._is_closing = False
        self.seconds = Histogram("jinqiu_answer_seconds", "until an answer leaves", registry=None, buckets=_SECONDS)

    async def start(self) -> None:
        """Begin to work through the lanes."""
        for lane in self._lanes:
            lane.task = spawn(self._work_through(lane))

    async def stop(self) -> None:
        """Finish what waits, then end (promise R20)."""
        self._is_closing = True
        for lane in self._lanes:
            lane.bell.set()
        await asyncio.gather(*(lane.task for lane in self._lanes if lane.task))
        await self._store_counts()

    def note(self, name: str) -> None:
        """Count something that happens outside a transaction (a refused request)."""
        self._counts[name] += 1

    async def take(self, message: Message, now: datetime) -> str:
        """The words of the answer, after its effect is on disk. Raises `NotInTime`, `Overloaded` or `NotSaved`."""
        key = message.openid, message.identity
        arrival = self._under_way.get(key)
        if arrival is None:
            arrival = self._queue(key, message, now)
        else:
            self._count("duplicate")
        try:
            with self.seconds.time():
                async with asyncio.timeout(DEADLINE_SECONDS):
                    return await asyncio.shield(arrival.answer)
        except TimeoutError as exc:
            raise NotInTime from exc

    def _count(self, outcome: str, many: int = 1) -> None:
        """Received together with its outcome: so the books balance after a kill, too (promise R22)."""
        self._counts.update({"received": many, outcome: many})

    def _queue(self, key: Key, message: Message, now: datetime) -> Arrival:
        lane = self._lanes[crc32(message.openid.encode()) % len(self._lanes)]
        if len(lane.waiting) >= MOST_WAITING or self._is_closing:
            self._count("refused")
            raise Overloaded
        arrival = Arrival(key, message, now, asyncio.get_running_loop().create_future())
        self._under_way[key] = arrival
        lane.waiting.append(arrival)
        lane.bell.set()
        return arrival

    async def _work_through(self, lane: _Lane) -> None:
        while lane.waiting or not self._is_closing:
            if not lane.waiting:
                lane.bell.clear()
                await lane.bell.wait()
                continue
            batch = _next_batch(lane.waiting)
            await self._do(batch)

    async def _do(self, batch: list[Arrival]) -> None:
        """Work one batch to its end; whatever happens, each waiting request learns of it."""
        try:
            answers = await self._saved(batch)
        except Exception:
            # An edge: the database is away or full. Nothing was acknowledged, so the platform will repeat.
            log.exception("inbox.not_saved", messages=len(batch))
            self._count("refused", len(batch))
            answers = {}
        for arrival in batch:
            self._under_way.pop(arrival.key, None)
            if arrival.answer.done():
                continue
            if arrival.key in answers:
                arrival.answer.set_result(answers[arrival.key])
            else:
                arrival.answer.set_exception(NotSaved())
                arrival.answer.exception()

    async def _saved(self, batch: list[Arrival]) -> dict[Key, str]:
        try:
            return await self._in_one_transaction(batch, one_by_one=False)
        except _Broken:
            return await self._in_one_transaction(batch, one_by_one=True)

    async def _in_one_transaction(self, batch: list[Arrival], *, one_by_one: bool) -> dict[Key, str]:
        outside: Counter[str] = Counter()
        try:
            with collecting() as posted:
                async with transaction():
                    await arrivals.hold_persons([one.message.openid for one in batch])
                    answers = await arrivals.earlier_replies([one.key for one in batch])
                    worked = await self._worked_through([one for one in batch if one.key not in answers], one_by_one)
                    counted = Counter(received=len(batch), new=len(worked.rows), duplicate=len(answers))
                    outside, self._counts = self._counts, Counter()
                    await store([*worked.writes(), added(counted + outside)])
                    await _wake(worked.opened, batch[0].received_at)
                    await self._hand_out(posted)
        except BaseException:
            # What was counted outside is not stored yet, whether a statement or the commit failed.
            self._counts += outside
            raise
        return answers | {row.key: row.reply for row in worked.rows}

    async def _worked_through(self, fresh: list[Arrival], one_by_one: bool) -> Worked:
        """Answer messages not seen before, each in turn; one by one each in a savepoint of its own."""
        worked = Worked([one.taken() for one in fresh])
        if not fresh:
            return worked
        known = await writers([row.openid for row in worked.rows], fresh[0].received_at)
        worked.accounts = [known[row.openid].account for row in worked.rows]
        with nullcontext() if one_by_one else gathering() as gathered:
            for one, row in zip(fresh, worked.rows, strict=True):
                writer = known[row.openid]
                worked.opened += opened_windows(writer, one.message, one.received_at, self._county)
                await self._one(one, row, writer, with_savepoint=one_by_one)
        worked.gathered = gathered.writes() if gathered else []
        return worked

    async def _one(self, arrival: Arrival, row: Taken, writer: Writer, *, with_savepoint: bool) -> None:
        """Answer one message and note the outcome on its row."""
        account, seat = writer.account, writer.account.seat
        if arrival.is_hasty is None:
            arrival.is_hasty = self._pace.is_hasty(row.openid, arrival.received_at)
        ctx = context_of(arrival.message, arrival.received_at, writer, self._county, is_hasty=arrival.is_hasty)
        try:
            answered = await self._guarded(ctx, writer, with_savepoint=with_savepoint)
        except Exception as exc:
            # An edge: a bug in a handler. Together with others nothing may be half done, so all begin again.
            if not with_savepoint:
                raise _Broken from exc
            account.seat = seat
            self._park(arrival, row, exc)
            return
        row.reply = answered.text
        account.seat = write_seat(answered.seat)

    async def _guarded(self, ctx: Context, writer: Writer, *, with_savepoint: bool) -> Answered:
        """The answer; with savepoints a refusal takes back its own step, a broken handler the whole message."""
        if with_savepoint:
            async with transaction():
                return await answered_to(self._engine, ctx, writer, guard=transaction)
        answered = await answered_to(self._engine, ctx, writer, guard=nullcontext)
        if answered.was_refused:
            raise _Broken
        return answered

    def _park(self, arrival: Arrival, row: Taken, exc: Exception) -> None:
        """A broken message: logged once with a number, kept sealed for the next attempt, answered calmly."""
        row.incident = f"{secrets.randbelow(10**6):06}"
        row.state, row.words = "failed", arrival.message.raw
        row.retry_at = arrival.received_at + RETRY_AFTER
        row.reply = texts.render("conversation.incident", incident=row.incident, phone=self._county.phone or "120")
        log.error("inbox.broken", incident=row.incident, kind=row.kind, exc_info=exc)

    async def _store_counts(self) -> None:
        if self._counts:
            async with transaction():
                await store([added(self._counts)])
            self._counts.clear()


def _next_batch(waiting: deque[Arrival]) -> list[Arrival]:
    """The next messages, at most one of each person: the second one must see what the first one did.

    Of one person's that wait at the same time the one written earliest goes first: the platform may deliver late.
    """
    batch: list[Arrival] = []
    places: dict[str, int] = {}
    held: list[Arrival] = []
    while waiting and len(batch) < BATCH:
        arrival = waiting.popleft()
        place = places.setdefault(arrival.message.openid, len(batch))
        if place == len(batch):
            batch.append(arrival)
            continue
        if arrival.message.created < batch[place].message.created:
            arrival, batch[place] = batch[place], arrival
        held.append(arrival)
    waiting.extendleft(reversed(held))
    return batch


async def _wake(opened: list[str], now: datetime) -> None:
    """What waited until these people write may go now; mostly nothing does, which one cheap look tells."""
    if opened and (sleepers := await arrivals.sleeping(opened, now)):
        await wake(sleepers, now)
