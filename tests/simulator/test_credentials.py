"""Tokens, quotas and the door every call passes."""

import re

import pytest

ASK = {
    "grant_type": "client_credential",
    "appid": "wx5a17c0de5a17c0de",
    "secret": "0123456789abcdef0123456789abcdef",
}
RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


async def fetch(bench, force=False, **changed):
    async with bench.client.post("/cgi-bin/stable_token", json={**ASK, "force_refresh": force, **changed}) as response:
        return await response.json()


async def plain(bench):
    async with bench.client.get("/cgi-bin/token", params=ASK) as response:
        return (await response.json())["access_token"]


async def code_with(bench, token):
    query = {} if token is None else {"access_token": token}
    async with bench.client.get("/cgi-bin/tags/get", params=query) as response:
        return (await response.json()).get("errcode", 0)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, 0),
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
async def test_a_token_is_given_to_the_right_account(bench, changed, code):
    answer = await fetch(bench, **changed)
    assert answer.get("errcode", 0) == code
    assert code == 0 or RID.search(answer["errmsg"])


async def test_the_whitelist_is_checked_where_tokens_are_given(bench):
    await bench.control("/sim/faults", whitelist=[])
    answer = await fetch(bench)
    assert (answer["errcode"], "127.0.0.1" in answer["errmsg"]) == (40164, True)
    await bench.control("/sim/faults", whitelist=["127.0.0.1"])
    assert "access_token" in await fetch(bench)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, 41001),
        ("", 41001),
        ("short", 40014),
        ("has blanks in it, many", 40014),
        ("9_" + "a" * 130, 40001),
    ],
)
async def test_a_wrong_token_is_refused_by_its_kind(bench, token, code):
    assert await code_with(bench, token) == code


async def test_a_stable_token_stays_until_it_is_nearly_over(bench):
    first = await fetch(bench)
    await bench.control("/sim/clock", seconds=6800)
    assert (await fetch(bench))["access_token"] == first["access_token"]
    assert (await fetch(bench))["expires_in"] <= 400
    await bench.control("/sim/clock", seconds=101)
    assert (await fetch(bench))["access_token"] != first["access_token"]
    assert await code_with(bench, first["access_token"]) == 0
    await bench.control("/sim/clock", seconds=300)
    assert await code_with(bench, first["access_token"]) == 42001


async def test_forcing_voids_at_once_but_not_twice_within_thirty_seconds(bench):
    first = (await fetch(bench))["access_token"]
    second = (await fetch(bench, force=True))["access_token"]
    assert (await code_with(bench, first), await code_with(bench, second)) == (40001, 0)
    assert (await fetch(bench, force=True))["access_token"] == second
    await bench.control("/sim/clock", seconds=31)
    assert (await fetch(bench, force=True))["access_token"] != second


async def test_forcing_works_twenty_times_a_day(bench):
    codes = []
    for _ in range(21):
        codes.append((await fetch(bench, force=True)).get("errcode", 0))
        await bench.control("/sim/clock", seconds=31)
    assert codes.count(45009) in (0, 1)
    assert codes[:20] == [0] * 20


async def test_a_new_plain_token_leaves_the_old_one_five_minutes(bench):
    first, stable = await plain(bench), (await fetch(bench))["access_token"]
    second = await plain(bench)
    assert [await code_with(bench, token) for token in (first, second, stable)] == [0, 0, 0]
    await bench.control("/sim/clock", seconds=301)
    assert [await code_with(bench, token) for token in (first, second, stable)] == [40001, 0, 0]


async def test_a_token_can_be_taken_away(bench):
    token = (await fetch(bench))["access_token"]
    await bench.control("/sim/faults", void_token=True)
    assert await code_with(bench, token) == 40001
    assert await code_with(bench, (await fetch(bench))["access_token"]) == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/cgi-bin/message/custom/send", None, 43002),
        ("GET", "/cgi-bin/stable_token", None, 43002),
        ("POST", "/cgi-bin/tags/get", b"{}", 43001),
        ("POST", "/cgi-bin/message/custom/send", b"", 44002),
        ("POST", "/cgi-bin/message/custom/send", b"{'a': 1}", 47001),
        ("POST", "/cgi-bin/message/custom/send", b"[]", 47001),
        ("POST", "/cgi-bin/message/custom/send", b'{"touser": "\xff"}', 47001),
    ],
)
async def test_the_door_refuses_wrong_methods_and_bodies(bench, method, path, body, code):
    query = {"access_token": await bench.token()}
    async with bench.client.request(method, path, params=query, data=body) as response:
        assert response.status == 200
        assert (await response.json())["errcode"] == code


async def test_a_daily_quota_ends_and_can_be_cleared_ten_times_a_month(bench):
    await bench.control("/sim/quotas", path="/cgi-bin/tags/get", daily=2)
    codes = [await bench.code("/cgi-bin/tags/get", method="GET") for _ in range(3)]
    assert codes == [0, 0, 45009]
    standing = await bench.call("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/tags/get"})
    assert standing["quota"] == {"daily_limit": 2, "used": 2, "remain": 0}
    account = {"appid": bench.world.account.app_id}
    cleared = [await bench.code("/cgi-bin/clear_quota", account) for _ in range(11)]
    assert cleared == [0] * 10 + [48006]
    assert await bench.code("/cgi-bin/tags/get", method="GET") == 0


@pytest.mark.parametrize(
    ("path", "code"), [("/cgi-bin/nothing", 76021), ("cgi-bin/token", 76021), ("/sns/userinfo", 76022)]
)
async def test_a_quota_is_known_for_known_paths_only(bench, path, code):
    assert await bench.code("/cgi-bin/openapi/quota/get", {"cgi_path": path}) == code


async def test_a_refusal_can_be_looked_up_by_its_rid(bench):
    answer = await bench.call("/cgi-bin/tags/delete", {"tag": {"id": 999}})
    rid = answer["errmsg"].rpartition("rid: ")[2]
    found = await bench.call("/cgi-bin/openapi/rid/get", {"rid": rid})
    assert (found["request"]["errcode"], found["request"]["request_url"]) == (45159, "/cgi-bin/tags/delete")
    assert await bench.code("/cgi-bin/openapi/rid/get", {"rid": "0-0-0"}) == 76001
