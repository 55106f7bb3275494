"""The platform is away for ten minutes (P08): nobody listens at its port, or it takes what comes and says nothing."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from models.outreach.calls import Call
from models.outreach.notices import Notice
from models.people.members import Person
from tests.storm.scene import Scene, open_chats, openid_of, post_to, rows, step_clock, until
from tests.storm.sending import CUSTOM, SIDE_BY_SIDE, sent_so_far, sent_to, states

TRUST_IS_OVER = 5.5
"""Seconds after an answer of the platform from which on the house asks before it sends."""
AWAY, SHORTER = 600, 480
BOUNDARIES = 2
"""Where one urgency ends and the next begins, what several processes send side by side may arrive mixed."""
BACK_SECONDS = 180.0
SLOW_SECONDS = 1.5
"""Each send takes so long that silence falls long before the last one."""


@dataclass(frozen=True)
class Batch:
    """What fell due in one outage: whom it goes to with which urgency, and where the platform's book stood before."""

    once: str
    urgencies: dict[str, int]
    before: int


async def p08_outage(scene: Scene) -> str:
    """Away three times with three urgencies due: each once and in order; in doubt is only a chat that had left."""
    openids = scene.people(scene.of(90, 300))
    chats = set(openids[::3])
    await open_chats(scene, sorted(chats))
    shut, seconds = await _port_shut(scene, openids)
    silent = await _silent(scene, openids)
    doubtful = await _silent_midway(scene, openids, chats)
    return (
        f"{len(openids)} due: port shut 10 min, each once, {shut} out of order, within {seconds:.1f} s, 0 in doubt; "
        f"silent 10 min, each once, {silent} out of order, 0 in doubt; silent in their middle, forms each once, "
        f"{doubtful} chat messages that had left in doubt, with a person"
    )


async def _port_shut(scene: Scene, openids: list[str]) -> tuple[int, float]:
    """A refused connection is no doubt: nothing has left."""
    away = scene.of(10, 30)
    batch = Batch("storm:shut", _urgencies(scene, openids), await sent_so_far(scene))
    await scene.phones.call("POST", "/sim/faults", {"outage": float(away), "outage_kind": "closed"})
    # The clock may jump only while nothing is claimed: a claim that is minutes old looks like a dead courier's.
    await asyncio.sleep(TRUST_IS_OVER)
    await post_to(scene.town, openids, list(batch.urgencies.values()), batch.once)
    await asyncio.sleep(2)
    step_clock(scene.town, AWAY)
    await scene.town.until_ready(f"{scene.town.platform}/sim/clock", away + 60.0)
    seconds = await _until_over(scene, batch)
    return await _require_once_in_order(scene, batch), seconds


async def _silent(scene: Scene, openids: list[str]) -> int:
    """What is due while the platform says nothing is not sent blindly: the first question finds out."""
    batch = Batch("storm:silent", _urgencies(scene, openids), await sent_so_far(scene))
    await _hush(scene)
    await asyncio.sleep(TRUST_IS_OVER)
    asked = len(await scene.phones.call("GET", "/sim/unanswered"))
    await post_to(scene.town, openids, list(batch.urgencies.values()), batch.once)
    await until(lambda: _heard(scene, asked), 60, "a question into the silence")
    await _speak(scene, AWAY)
    await _until_over(scene, batch)
    return await _require_once_in_order(scene, batch)


async def _silent_midway(scene: Scene, openids: list[str], chats: set[str]) -> int:
    """Silence falls while sends are under way: forms go again under their id, chat messages stay in doubt (R9)."""
    batch = Batch("storm:midway", dict.fromkeys(openids, 1), await sent_so_far(scene))
    await scene.phones.call("POST", "/sim/faults", {"latency": SLOW_SECONDS})
    await post_to(scene.town, openids, [1] * len(openids), batch.once)
    await until(lambda: _begun(scene, batch), 60, "the first sends")
    asked = len(await scene.phones.call("GET", "/sim/unanswered"))
    await _hush(scene)
    await until(lambda: _heard(scene, asked), 60, "sends into the silence")
    await _speak(scene, SHORTER)
    await _until_over(scene, batch)
    found = (await scene.phones.call("GET", "/sim/unanswered"))[asked:]
    written = {one["openid"] for one in found if one["path"] == CUSTOM}
    doubtful, sent = await _in_doubt(scene, batch.once), Counter(await sent_to(scene, openids, batch.before))
    assert doubtful == written <= chats, f"in doubt {len(doubtful)}, written chat messages {len(written)}"
    assert set(sent.values()) == {1}, sent.most_common(3)
    assert set(sent) == set(openids) - doubtful, f"{len(sent)} sent"
    return len(doubtful)


def _urgencies(scene: Scene, openids: list[str]) -> dict[str, int]:
    chosen = [number % 3 for number in range(len(openids))]
    scene.chance.shuffle(chosen)
    return dict(zip(openids, chosen, strict=True))


async def _hush(scene: Scene) -> None:
    await scene.phones.call("POST", "/sim/faults", {"outage": 3600.0, "outage_kind": "silent", "latency": 0.0})


async def _speak(scene: Scene, seconds: float) -> None:
    """The platform is back after so long, by the house's clock."""
    await scene.phones.move_clock(by=seconds)
    await scene.phones.call("DELETE", "/sim/faults")


async def _heard(scene: Scene, before: int) -> bool:
    return len(await scene.phones.call("GET", "/sim/unanswered")) > before


async def _begun(scene: Scene, batch: Batch) -> bool:
    return bool(await sent_to(scene, list(batch.urgencies), batch.before))


async def _until_over(scene: Scene, batch: Batch) -> float:
    """Everybody has theirs or it is in doubt; how many seconds that took."""
    openids, doubtful = list(batch.urgencies), set[str]()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while len({*await sent_to(scene, openids, batch.before)} | doubtful) < len(openids):
        assert loop.time() < begun + BACK_SECONDS, f"not all within {BACK_SECONDS:.0f} s: {await states(scene)}"
        await asyncio.sleep(0.5)
        doubtful = await _in_doubt(scene, batch.once)
    return loop.time() - begun


async def _require_once_in_order(scene: Scene, batch: Batch) -> int:
    """How many were overtaken by something less urgent; only what goes side by side may be."""
    sent = await sent_to(scene, list(batch.urgencies), batch.before)
    doubtful, counted = await _in_doubt(scene, batch.once), Counter(sent)
    assert not doubtful, f"{len(doubtful)} in doubt that never left"
    assert set(counted) == set(batch.urgencies), f"{len(counted)} sent"
    assert set(counted.values()) == {1}, counted.most_common(3)
    late = _overtaken([batch.urgencies[openid] for openid in sent])
    assert late <= (BOUNDARIES * SIDE_BY_SIDE if scene.town.url else 0), f"{late} out of order"
    return late


async def _in_doubt(scene: Scene, once: str) -> set[str]:
    """Whose notice nobody knows about; a named person was asked for each of them."""
    async with rows(scene.town):
        found = await Notice.filter(business_key=once, state="unknown")
        people = {one.id: one.key for one in await Person.filter(key__startswith="s0")}
        asked = await Call.filter(notice_id__in=[one.id for one in found], keeper_id__isnull=False).count()
    assert asked == len(found), f"{asked} persons asked for {len(found)}"
    return {openid_of(str(people[one.person_id])) for one in found if one.person_id}


def _overtaken(urgencies: list[int]) -> int:
    """How many stand out of order: all but the longest row of sends that follow each other as they should."""
    ends: list[int] = []
    for urgency in urgencies:
        place = bisect_right(ends, urgency)
        ends[place : place + 1] = [urgency]
    return len(urgencies) - len(ends)
