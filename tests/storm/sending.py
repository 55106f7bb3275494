"""Towards the platform: a token that dies under fifty sends (P07), and refusals that pass (P11)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from kit.clock import SHANGHAI
from models.outreach.notices import Notice
from tests.storm.scene import Scene, open_chats, post_to, rows, town_now

CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
SIDE_BY_SIDE = 16
"""As many as two processes send at the same moment."""


async def sent_to(scene: Scene, openids: list[str], after: int = 0) -> list[str]:
    """Whom of these the platform accepted something for, in its order."""
    found: list[dict[str, Any]] = await scene.phones.call("GET", f"/sim/sent?after={after}")
    wanted = set(openids)
    return [str(one["openid"]) for one in found if one.get("openid") in wanted]


async def sent_so_far(scene: Scene) -> int:
    """How many sends the platform has accepted since it began."""
    return len(await scene.phones.call("GET", "/sim/sent"))


async def until_sent(scene: Scene, openids: list[str], seconds: float, after: int = 0) -> tuple[list[str], float]:
    """Everybody has theirs: whom, in the platform's order, and after how many seconds."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + seconds:
        if len(set(await sent_to(scene, openids, after))) == len(openids):
            took = loop.time() - begun
            await asyncio.sleep(1)
            return await sent_to(scene, openids, after), took
        await asyncio.sleep(0.3)
    missing = len(openids) - len(set(await sent_to(scene, openids, after)))
    raise AssertionError(f"{missing} of {len(openids)} not sent within {seconds:.0f} s: {await states(scene)}")


async def states(scene: Scene) -> Counter[tuple[str, str | None]]:
    """Where the notices of the storm stand, for whoever reads a failure."""
    async with rows(scene.town):
        found = await Notice.filter(say="conversation.never_mind").values_list("state", "reason")
    return Counter((str(state), reason) for state, reason in found)


async def _fetches(scene: Scene) -> int:
    calls = await scene.phones.call("GET", "/sim/calls")
    return int(calls.get("/cgi-bin/stable_token", {}).get("accepted", 0))


async def p07_token(scene: Scene) -> str:
    """The token is taken away with 50 sends in flight: one new fetch, each send accepted once."""
    openids = scene.people(50)
    await scene.phones.call("POST", "/sim/faults", {"latency": 0.3})
    before = await _fetches(scene)
    await post_to(scene.town, openids, [1] * 50, "storm:token")
    while not await sent_to(scene, openids):
        await asyncio.sleep(0.05)
    await scene.phones.call("POST", "/sim/faults", {"void_token": True})
    sent, seconds = await until_sent(scene, openids, 60)
    await scene.phones.call("DELETE", "/sim/faults")
    fetches = await _fetches(scene) - before
    assert max(Counter(sent).values()) == 1, Counter(sent).most_common(3)
    assert fetches == 1, f"{fetches} fetches"
    return f"50 sends: 1 token fetch, each accepted once within {seconds:.1f} s"


async def p11_refusals(scene: Scene) -> str:
    """−1 and 429 (and 502, whose form rests for 20 s) at once, then 45009: all goes out once after its pause."""
    chats, forms = scene.people(3), scene.people(6)
    await open_chats(scene, chats)
    gateway = {TEMPLATE: [502, scene.of(0, 1)], CUSTOM: [429, -1, 2]}
    await scene.phones.call("POST", "/sim/faults", {"refuse": {TEMPLATE: [-1, 2]}, "http": gateway})
    before = await sent_so_far(scene)
    await post_to(scene.town, [*chats, *forms], [1] * 9, "storm:refusal")
    await asyncio.sleep(6)
    turned_away = await _refused(scene, CUSTOM, 429)
    assert not await sent_to(scene, chats, before)
    await scene.phones.call("POST", "/sim/faults", {"http": {}})
    sent, seconds = await until_sent(scene, [*chats, *forms], 90, before)
    # One wave of those that were under way, and after each rest one more try in each process.
    assert turned_away <= 3 + 2 * 3, f"{turned_away} calls pressed on 429"
    assert max(Counter(sent).values()) == 1, Counter(sent).most_common(3)
    if scene.length != "short":
        await _minute_quota(scene)
    morning = await _day_quota(scene)
    refusals = "−1 and 429" if scene.length == "short" else "−1, 502, 429 and 45011"
    return f"9 sends over {refusals} each once within {seconds:.1f} s, {turned_away} tries at 429; {morning}"


async def _minute_quota(scene: Scene) -> None:
    """45011 shuts the interface for a minute of the machine's own time."""
    openids, before = scene.people(3), await sent_so_far(scene)
    await scene.phones.call("POST", "/sim/faults", {"refuse": {TEMPLATE: [45011, 3]}})
    await post_to(scene.town, openids, [1] * 3, "storm:minute")
    await asyncio.sleep(10)
    pressed = await _refused(scene, TEMPLATE, 45011)
    await scene.phones.call("DELETE", "/sim/faults")
    await asyncio.sleep(20)
    assert not await sent_to(scene, openids, before), "the minute was not waited for"
    await until_sent(scene, openids, 120, before)
    assert pressed <= 3, f"{pressed} calls pressed on 45011"


async def _day_quota(scene: Scene) -> str:
    """45009 shuts the interface until midnight; in the morning it goes out."""
    openids, before = scene.people(3), await sent_so_far(scene)
    await scene.phones.call("POST", "/sim/faults", {"refuse": {TEMPLATE: 45009}})
    await post_to(scene.town, openids, [1] * 3, "storm:day")
    await asyncio.sleep(3)
    await scene.phones.call("DELETE", "/sim/faults")
    pressed = await _refused(scene, TEMPLATE, 45009)
    await asyncio.sleep(4)
    assert await _refused(scene, TEMPLATE, 45009) == pressed <= 3, "a spent quota was pressed on"
    assert not await sent_to(scene, openids, before)
    here = town_now(scene.town).astimezone(SHANGHAI)
    tomorrow = (here + timedelta(days=1)).replace(hour=9, minute=0)
    await scene.phones.move_clock(by=(tomorrow - here).total_seconds())
    sent, seconds = await until_sent(scene, openids, 60, before)
    assert max(Counter(sent).values()) == 1, Counter(sent).most_common(3)
    return f"3 over 45009 {seconds:.1f} s into the next day"


async def _refused(scene: Scene, path: str, code: int) -> int:
    calls = await scene.phones.call("GET", "/sim/calls")
    return int(calls.get(path, {}).get("refused", {}).get(str(code), 0))
