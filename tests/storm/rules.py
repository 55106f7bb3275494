"""Rules under pressure: ten places for two hundred (P04), days at midnight and old birth dates (P06)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime

from kit.clock import SHANGHAI
from models.care.safe import SafeReport
from models.help.posts import PostHolding
from models.people.members import Person
from tests.storm.scene import Scene, rows, town_now


async def p04_places(scene: Scene) -> str:
    """200 people confirm their claim for one of ten places at once: ten have it, the others hear so kindly."""
    openids = scene.people(200)
    gate = asyncio.Semaphore(24)

    async def say(openid: str, words: str) -> str:
        async with gate:
            return str((await scene.pusher.until_acknowledged(scene.pusher.text(openid, words))).words)

    asked = await asyncio.gather(*(say(openid, "认领7号") for openid in openids))
    assert all("7号" in one for one in asked), Counter(asked).most_common(3)
    packets = [scene.pusher.text(openid, "1") for openid in openids]
    answers = await asyncio.gather(*(scene.pusher.until_acknowledged(packet) for packet in packets))
    async with rows(scene.town):
        held = await PostHolding.filter(post__number=7, state__in=["pending", "active"]).count()
    words = Counter(str(answer.words)[:14] for answer in answers)
    claimed = sum(1 for answer in answers if "给您留着了" in str(answer.words))
    polite = sum(1 for answer in answers if "满了" in str(answer.words))
    assert (held, claimed) == (10, 10), (held, claimed, words)
    assert claimed + polite == 200, words
    return f"200 claims for 10 places: {held} held, {polite} polite refusals, 0 errors"


async def p06_days(scene: Scene) -> str:
    """平安 at 23:59:59 and at 00:00:00, each late and double, counts for its own day; births of odd zones stay."""
    openid = scene.people(1)[0]
    today = town_now(scene.town).astimezone(SHANGHAI).date()
    midnight = int(datetime(today.year, today.month, today.day, tzinfo=SHANGHAI).timestamp())
    for created in (midnight - 1, midnight):
        packet = scene.pusher.text(openid, "我今天很好，报平安", created=created)
        await asyncio.gather(scene.pusher.until_acknowledged(packet), scene.pusher.until_acknowledged(packet))
    async with rows(scene.town):
        person = await Person.get(key=f"s{openid.removeprefix('oStorm')}")
        days = sorted(await SafeReport.filter(person_id=person.id).values_list("day", flat=True))
        births = {str(one.birth) for one in await Person.filter(key__startswith="s0")}
    assert [(today - day).days for day in days] == [1, 0], days
    expected = {str(date(1940, 6, 1)), str(date(1944, 3, 1)), str(date(1986, 5, 4))}
    assert births == expected, births
    return "2 days from 4 pushes around midnight, 3 births unchanged"
