"""Says one thing from a fresh state, and tells which sentence of the texts the answer is, and what changed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter

from cast import arrange
from conftest import TEST_VAULT
from talking import Talk, open_talk
from tortoise import Tortoise

import texts
from conversation import learned
from handlers.routers import ROUTERS
from kit.county import County, TalkNumbers
from models import database
from models.help.wishes import Alarm, Wish

TABLE = Path(__file__).parent / "single_utterances.tsv"
WHO = {
    "stranger": "oNobody",
    "guest": "oGuest",
    "zhao": "oZhao",
    "qian": "oQian",
    "feng": "oFeng",
    "leader": "oLeader",
    "secretary": "oSecretary",
    "worker": "oWorker",
    "township": "oTownship",
}
"""stranger: never seen; guest: agreed to the notice, nobody's; zhao lives alone; qian holds post 3."""


@dataclass(frozen=True)
class Line:
    """One row: what is meant, who says it, what was said before, the words, the sentence expected, the effect."""

    intent: str
    who: str
    before: tuple[str, ...]
    said: str
    key: str
    effect: str


def table() -> list[Line]:
    """All rows."""
    rows = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [Line(one[0], one[1], tuple(filter(None, one[2].split(" / "))), *one[3:6]) for one in rows]


@cache
def pattern(key: str) -> re.Pattern[str]:
    """The sentence with anything in its blanks."""
    parts = [re.escape(words) + (".*?" if blank is not None else "") for words, blank, _, _ in
             Formatter().parse(texts.sentence(key))]  # fmt: skip
    return re.compile("".join(parts), re.DOTALL)


def is_said(reply: str, line: Line) -> bool:
    """Whether the answer has the sentence in it; a wish must be read back as the one that was meant."""
    if not any(pattern(key).search(reply) for key in line.key.split("|")):
        return False
    return line.key != "wishes.read_back_as" or texts.section("intents", "titles")[line.intent] in reply


class Stage:
    """The cast in a database that is put back as it was before every line."""

    def __init__(self, talk: Talk, raw: sqlite3.Connection, morning: datetime) -> None:
        self._talk, self._raw, self._morning = talk, raw, morning
        self._kept = sqlite3.connect(":memory:")

    def keep(self) -> None:
        """From here every line begins."""
        self._raw.backup(self._kept)

    async def say(self, who: str, before: tuple[str, ...], said: str) -> tuple[str, str]:
        """The answer and the effect, from the kept state."""
        self._kept.backup(self._raw)
        self._talk.now = self._morning
        learned.load([])
        for words in before:
            await self._talk.say(WHO[who], words)
        earlier = await _effects()
        reply = await self._talk.say(WHO[who], said)
        return reply, " ".join(sorted(await _effects() - earlier)) or "-"


async def _effects() -> set[str]:
    alarms = {f"alarm:{one.danger}" for one in await Alarm.all()}
    return alarms | {f"wish:{one.kind}" for one in await Wish.filter(state="open")} | await _further()


async def _further() -> set[str]:
    """What else a single message may change, by table."""
    rows = await database.connection().execute_query_dict(
        "SELECT 'safe:' || day AS made FROM safe_report UNION SELECT 'out:' || name || opted_out FROM person "
        "WHERE opted_out NOT IN ('[]', 'null') UNION SELECT 'consent:' || openid FROM account WHERE consented <> ''"
    )
    return {str(row["made"]) for row in rows}


@asynccontextmanager
async def stage(morning: datetime) -> AsyncIterator[Stage]:
    """Everybody in place, nobody has said anything yet."""
    await database.open_database("sqlite://:memory:", TEST_VAULT)
    try:
        await Tortoise.generate_schemas(safe=False)
        await arrange(morning)
        talk = await open_talk(ROUTERS, morning, County(talk=TalkNumbers(per_minute=100_000)))
        for words in ("报到", "1", "0"):
            await talk.say("oGuest", words)
        for words in ("认领3号", "1"):
            await talk.say("oQian", words)
        for words in ("我要报到", "1", "王百川", "19900000008", "1", "金桂花园3栋", "1"):
            await talk.say("oWang", words)
        raw = database.connection()._connection._conn  # type: ignore[attr-defined]
        made = Stage(talk, raw, talk.now)
        made.keep()
        yield made
        await talk.inbox.stop()
    finally:
        await database.close_database()
