"""Two hundred and more single utterances from a fresh state, each to its right step, through the real app."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from cast import SEED

from tests.stories.single import WHO, Line, is_said, stage, table
from tests.stories.telling import openids
from tests.whole import inside
from tests.whole.phones import Phones
from tests.whole.town import COUNTY
from texts import section

pytestmark = pytest.mark.skipif(
    "JINQIU_TEST_DATABASE" in os.environ, reason="said on SQLite's turn; what the rows do is asked in tests/handlers"
)
LINES = table()
INTENTS = sorted({line.intent for line in LINES})
DANGERS = {"fall", "ill", "fire", "gas", "crime", "lost", "choking", "wrong_medicine", "wish_to_die"}


@pytest.mark.parametrize("who", WHO)
async def test_what_is_said_leads_to_its_step(who: str, monday: datetime) -> None:
    wrong = []
    async with stage(monday) as opened:
        for line in (one for one in LINES if one.who == who):
            reply, effect = await opened.say(line.who, line.before, line.said)
            if not is_said(reply, line) or effect not in line.effect.split("|"):
                wrong.append((line.before, line.said, line.key, line.effect, reply, effect))
    assert not wrong


LISTED = re.compile(r"^\d+ ", re.M)
READ_ON_REQUEST = {"my.profile", "consents.notice"}


@pytest.mark.parametrize("who", WHO)
async def test_what_is_answered_fits_the_screen(who: str, monday: datetime) -> None:
    """Promises E9 and E10 for whole answers: lines, choices, signs, bytes."""
    faults = []
    async with stage(monday) as opened:
        for line in (one for one in LINES if one.who == who):
            reply, _ = await opened.say(line.who, line.before, line.said)
            lines, choices = reply.count("\n") + 1, len(LISTED.findall(reply))
            too_long = len(reply) > 200 or (len(LISTED.sub("", reply)) > 120 and line.key not in READ_ON_REQUEST)
            if lines > 8 + (line.key in READ_ON_REQUEST) or choices > 5 or too_long or len(reply.encode()) > 2048:
                faults.append((line.said, reply))
    assert not faults


def test_the_table_covers_what_people_say() -> None:
    assert len(LINES) >= 200
    assert set(section("intents", "titles")) | {"emergency", "none", "confirm_yes", "confirm_no"} <= set(INTENTS)
    assert {line.effect.removeprefix("alarm:") for line in LINES if line.intent == "emergency"} >= DANGERS
    assert Counter(line.who for line in LINES)["stranger"] >= 20
    assert sum(bool(line.before) for line in LINES) >= 25


HANG_TOGETHER = {"release_post", "approve", "reject", "waiting", "number", "undo", "withdraw", "consent"}
"""What depends on what the account has just done; the wire changes nothing about that."""


def sample() -> list[Line]:
    """Of every intent the first line that needs nothing said before, by somebody whose phone is on the table."""
    known = {name: one for one, name in WHO.items()}
    first: dict[str, Line] = {}
    for line in LINES:
        if not line.before and WHO[line.who] in known and line.who != "guest":
            first.setdefault(line.intent, line)
    return [line for line in first.values() if line.intent not in HANG_TOGETHER]


async def test_a_sample_over_the_real_wire(tmp_path: Path, monday: datetime) -> None:
    lines = sample()
    assert len(lines) >= 20
    wrong = []
    async with (
        aiohttp.ClientSession() as http,
        inside.house(tmp_path, SEED, monday, "talk.per_minute = 1000\nvisits.festivals = []\n" + COUNTY) as platform,
    ):
        phones = Phones(http, platform)
        for name, openid in openids(SEED).items():
            await phones.put(openid, name, following=True)
        for number, line in enumerate(lines):
            openid = f"oStranger{number:03}" if line.who == "stranger" else WHO[line.who]
            await phones.put(openid, line.who, following=True)
            await phones.say(openid, "0")
            reply = await phones.say(openid, line.said)
            if not is_said(reply, line):
                wrong.append((line.who, line.said, line.key, reply))
            await asyncio.sleep(0)
    assert not wrong
