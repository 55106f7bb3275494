"""The rows measured inside one process: gateway, understanding, posting, planning, picture, statements a message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from timeit import repeat

from bot.house import house
from bot.inbox import Inbox
from conversation.understanding import read
from conversation.understanding.figures import measured, rows_of
from conversation.understanding.footprint import footprint
from delivery.outbox import BULK, Letter, post_many
from delivery.paper import certificate
from kit import clock
from kit.clock import local_day
from kit.county import County
from kit.inline_sqlite import InlineConnection
from models.database import connection, transaction
from scheduler.care.visits import plan_visits
from scheduler.engine_inprocess import InProcessEngine
from scheduler.job import Deps
from tests.bench import gateway
from tests.bench.door import TOWN
from tests.bench.house import Place, prepared
from tests.bench.pushes import ORIGINAL_ID
from tests.bench.table import Row
from tests.bench.town import Town
from wechat.messages import Message
from wechat.messages import read as message_of

TABLES, HELD_OUT = Path("texts/utterances"), Path("tests/conversation")
FEW, MANY, POSTED = 320, 20_000, 50_000


def gateway_rows() -> list[Row]:
    """What verifying, decrypting, parsing, rendering and sealing one message costs, beside wechatpy."""
    cost = gateway.rows()
    ours, theirs = cost["whole, ours"], cost["whole, wechatpy"]
    ratio = f"{ours / theirs:.2f} × wechatpy"
    return [Row("gateway: ours", ours, "µs/message", ratio), Row("gateway: wechatpy", theirs, "µs/message")]


def understanding_rows() -> list[Row]:
    """What a start costs; then the figures of the tables it was trained on and of those kept with the tests."""
    cost = footprint()
    rows = [
        Row("understanding: until the first reading", cost.seconds, "s", target=1, is_ceiling=True),
        Row("understanding: memory", cost.megabytes, "MB"),
    ]
    for table in sorted([*TABLES.glob("*.tsv"), *HELD_OUT.glob("*.tsv")]):
        rows += _table_rows(table)
    return rows


def _table_rows(table: Path) -> list[Row]:
    """First choice with what else is promised beside it, and the time a message takes."""
    figures, _ = measured(rows_of(table, with_slots=table.stem == "slots"), read)
    slots = "" if figures.slots_exact is None else f", slots {figures.slots_exact:.1%}"
    beside = (
        f"of {figures.n}; three {figures.top3:.1%}, danger {figures.emergency_recall:.1%}, "
        f"false {figures.emergency_false_alarms}, none kept {figures.none_kept:.1%}{slots}"
    )
    return [
        Row(f"understanding: {table.stem}", figures.top1 * 100, "% first", beside),
        Row(f"understanding: {table.stem}", figures.microseconds, "µs/message", target=1000, is_ceiling=True),
    ]


def picture_row() -> Row:
    """Drawing a 报到证."""
    facts = certificate.CertificateFacts(
        "桂花社区 03-2026-0007", "赵一禾", "桂花社区", date(2026, 10, 12), "http://127.0.0.1:8080/m/verify/abc"
    )
    certificate.png(facts)
    return Row("certificate picture", min(repeat(lambda: certificate.png(facts), number=1, repeat=5)) * 1000, "ms")


async def posting_row(folder: Path) -> Row:
    """One notice to everybody of a county: as many rows, in one transaction, on SQLite."""
    async with prepared(Place(folder / "posting"), Town()):
        recipients = [f"person:{number}" for number in range(1, POSTED + 1)]
        letter = Letter("delivery.form_hint", {}, topic="broadcast", urgency=BULK)
        begun = time.perf_counter()
        async with transaction():
            stored = await post_many(recipients, letter, once="bench", now=clock.now())
        assert stored == POSTED
        return Row(f"posting a notice to {POSTED:,} people", (time.perf_counter() - begun) * 1000, "ms")


async def planning_rows(folder: Path) -> list[Row]:
    """The planner's first round over everybody, and its round on the next day."""
    rows = []
    for many in (FEW, MANY):
        async with prepared(Place(folder / f"planning{many}"), Town(many, is_planned=False)):
            now = datetime.combine(local_day(clock.now()), datetime.min.time(), UTC) + timedelta(hours=1)
            for name, moment in (("first round", now), ("next day", now + timedelta(days=1))):
                begun, before = time.perf_counter(), _changes()
                await plan_visits.run(moment, deps(folder))
                spent, touched = time.perf_counter() - begun, _changes() - before
                rows.append(Row(f"planning {many:,} members, {name}", spent * 1000, "ms", f"{touched:,} rows changed"))
    return rows


def deps(folder: Path) -> Deps:
    # Planning neither delivers nor hands out.
    return Deps(
        engine=InProcessEngine(),
        courier=None,
        county=County(),
        transaction=transaction,
        ping=None,
        data_dir=folder,  # type: ignore[arg-type]
    )


def _changes() -> int:
    return sqlite().total_changes


def sqlite() -> InlineConnection:
    """The embedded database's one connection."""
    found: InlineConnection = connection()._connection  # type: ignore[attr-defined]
    return found


async def statement_row(place: Place) -> Row:
    """Statements a message for 报平安, in batches as they form with 50 in flight."""
    async with house(place.settings()) as opened:
        inbox = Inbox(opened.engine, opened.county, lanes=1, hand_out=_keep)
        await inbox.start()
        first, *messages = [_said(openid, number) for number, openid in enumerate(TOWN.openids("safe")[-51:])]
        await inbox.take(first, clock.now())
        with counting() as seen:
            for half in (messages[:25], messages[25:]):
                await asyncio.gather(*(inbox.take(one, clock.now()) for one in half))
        await inbox.stop()
    return Row("sqlite: statements a message (报平安)", len(seen) / len(messages), "statements", "batches of 25")


async def _keep(notices: Sequence[int]) -> None:
    """Nothing is handed out here."""


def _said(openid: str, number: int) -> Message:
    fields = {
        "ToUserName": ORIGINAL_ID, "FromUserName": openid, "CreateTime": str(int(time.time())),
        "MsgType": "text", "Content": "报平安", "MsgId": str(number + 1),
    }  # fmt: skip
    return message_of(fields, "<xml/>")


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every statement SQLite runs inside the block."""
    seen: list[str] = []
    sqlite()._conn.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        sqlite()._conn.set_trace_callback(None)
