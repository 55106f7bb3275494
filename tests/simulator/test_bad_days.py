"""Faults on purpose, the clock, and the platform's own books."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).resolve().parents[2]

TAGS = "/cgi-bin/tags/get"
SEND = "/cgi-bin/message/custom/send"


async def test_a_busy_platform_answers_minus_one_for_a_while(bench):
    await bench.control("/sim/faults", busy=2)
    assert [await bench.code(TAGS, method="GET") for _ in range(3)] == [-1, -1, 0]


async def test_one_api_can_refuse_while_the_others_work(bench):
    await bench.control("/sim/faults", refuse={TAGS: [45011, 1]})
    assert [await bench.code(TAGS, method="GET") for _ in range(2)] == [45011, 0]
    await bench.control("/sim/faults", refuse={TAGS: 45009})
    assert [await bench.code(TAGS, method="GET") for _ in range(2)] == [45009, 45009]
    assert await bench.code("/cgi-bin/user/get", method="GET") == 0


async def test_an_answer_can_be_lost_after_the_deed(bench):
    await bench.do(bench.zhao, "say", text="你好")
    await bench.control("/sim/faults", lose={SEND: 1})
    with pytest.raises(aiohttp.ClientError):
        await bench.tell(bench.zhao, "收到")
    assert (await bench.screen(bench.zhao))[-1]["text"] == "收到"
    assert (await bench.look("/sim/calls"))[SEND] == {"accepted": 0, "refused": {}, "lost": 1}
    assert len(await bench.look("/sim/sent")) == 1


async def test_an_outage_answers_503_or_nothing(bench):
    query = {"access_token": await bench.token()}
    await bench.control("/sim/faults", outage=30)
    async with bench.client.get(TAGS, params=query) as response:
        assert response.status == 503
    await bench.control("/sim/faults", outage=30, outage_kind="drop")
    with pytest.raises(aiohttp.ClientError):
        await bench.client.get(TAGS, params=query)
    await bench.client.delete("/sim/faults")
    assert await bench.code(TAGS, method="GET") == 0


async def test_a_silent_platform_takes_the_call_and_nothing_comes_of_it(bench):
    await bench.do(bench.zhao, "say", text="你好")
    before = len(await bench.screen(bench.zhao))
    await bench.control("/sim/faults", outage=0.3, outage_kind="silent")
    with pytest.raises(aiohttp.ClientError):
        await bench.tell(bench.zhao, "收到")
    assert await bench.look("/sim/unanswered") == [{"path": SEND, "openid": bench.zhao}]
    assert len(await bench.screen(bench.zhao)) == before
    assert (await bench.look("/sim/sent")) == []


async def test_a_gateway_can_turn_a_call_away(bench):
    query = {"access_token": await bench.token()}
    await bench.control("/sim/faults", http={TAGS: [429, 1, 7]})
    async with bench.client.get(TAGS, params=query) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert await bench.code(TAGS, method="GET") == 0
    assert (await bench.look("/sim/calls"))[TAGS] == {"accepted": 1, "refused": {"429": 1}, "lost": 0}


async def test_a_closed_port_answers_nobody_and_opens_again(unused_tcp_port):
    command = [sys.executable, "-m", "simulator", "--port", str(unused_tcp_port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as http:
            await _until(http, is_open=True)
            async with http.post("/sim/faults", json={"outage": 2.0, "outage_kind": "closed"}) as answer:
                assert answer.status == 200
            await _until(http, is_open=False)
            await _until(http, is_open=True)
    finally:
        process.terminate()
        assert await asyncio.to_thread(process.wait, 30) == 0


async def _until(http, *, is_open):
    """Until somebody listens at the port, or nobody does."""
    async with asyncio.timeout(60):
        while await _listens(http) is not is_open:
            await asyncio.sleep(0.05)


async def _listens(http):
    try:
        async with http.get("/sim/clock") as answer:
            return answer.status == 200
    except aiohttp.ClientConnectorError:
        return False
    except aiohttp.ClientError:
        return None


async def test_answers_can_carry_strange_fields_and_characters(bench):
    await bench.control("/sim/faults", extra_fields=True, control_chars=True)
    query = {"access_token": await bench.token()}
    async with bench.client.get(TAGS, params=query) as response:
        answer = await response.text()
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer)
    assert "x_new_field" in json.loads(answer, strict=False)


@pytest.mark.parametrize("asked", [{"nonsense": 1}, {"busy": "many"}, {"latency": True}, {"refuse": []}])
async def test_an_unknown_switch_changes_nothing(bench, asked):
    answer = await bench.control("/sim/faults", duplicate=3, **asked)
    assert answer["error"].startswith(("unknown-fault", "wrong-type"))
    assert (await bench.look("/sim/faults"))["duplicate"] == 0


async def test_the_clock_is_moved_in_its_file(bench, config):
    moved = await bench.control("/sim/clock", seconds=3 * 86400)
    assert (moved["offset"], config.clock_file.read_text()) == (3 * 86400, "259200")
    config.clock_file.write_text("-60.5")
    assert (await bench.look("/sim/clock"))["offset"] == -60.5
    config.clock_file.write_text("being writ")
    assert (await bench.look("/sim/clock"))["offset"] == -60.5
    config.clock_file.unlink()
    assert (await bench.look("/sim/clock"))["offset"] == 0
    assert await bench.control("/sim/clock", seconds="3") == {"error": "not-a-number"}


async def test_the_clock_knows_the_lunar_day(bench):
    now = bench.world.clock.now()
    shown = await bench.control("/sim/clock", offset=1792281630 - now + bench.world.clock.offset())
    assert (shown["local"], shown["year"], shown["lunar"]) == ("2026-10-18 08:00", "丙午", "九月初九")


async def test_the_books_tell_what_was_accepted_and_refused(bench):
    await bench.tell(bench.zhao)
    await bench.do(bench.zhao, "say", text="你好")
    await bench.tell(bench.zhao, "收到")
    assert (await bench.look("/sim/calls"))[SEND] == {"accepted": 1, "refused": {"45015": 1}, "lost": 0}
    (sent,) = await bench.look("/sim/sent")
    assert (sent["api"], sent["openid"], sent["text"]) == ("customer", bench.zhao, "收到")
    pushes = await bench.look("/sim/pushes")
    assert (pushes["answered"], pushes["attempts"], pushes["recent"][0]["kind"]) == (1, 1, "text")


async def test_a_phone_is_made_once(bench):
    first = await bench.control("/sim/phones", openid="oNewcomer", name="王百川", following=True)
    again = await bench.control("/sim/phones", openid="oNewcomer", name="另一人")
    assert (first["following"], again["name"]) == (True, "王百川")
    assert await bench.do("oNobody", "say", text="?") == {"error": "unknown-phone"}
