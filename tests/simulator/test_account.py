"""People, tags, menus, QR codes, files and web authorisation, with the platform's limits."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import FormData
from PIL import Image

from simulator.control import samples

PNG = samples.picture()


async def send_file(bench, kind="image", name="a.png", content=PNG, field="media"):
    form = FormData()
    form.add_field(field, io.BytesIO(content), filename=name, content_type="application/octet-stream")
    query = {"access_token": await bench.token(), "type": kind}
    async with bench.client.post("/cgi-bin/media/upload", params=query, data=form) as response:
        return await response.json()


FILES = {
    "unknown kind": ({"kind": "poem"}, 40004),
    "text as picture": ({"content": b"hello"}, 40005),
    "wrong suffix": ({"name": "a.exe"}, 40005),
    "png as voice": ({"kind": "voice"}, 40005),
    "picture over 10 MB": ({"content": PNG + b"\0" * 10 * 1024 * 1024}, 40009),
    "voice over 2 MB": ({"kind": "voice", "name": "a.amr", "content": b"\0" * (2 * 1024 * 1024 + 1)}, 40006),
    "thumb over 64 KB": (
        {"kind": "thumb", "name": "a.jpg", "content": b"\xff\xd8" + b"\0" * 65 * 1024},
        40006,
    ),
    "wrong field": ({"field": "file"}, 41005),
}


@pytest.mark.parametrize("case", FILES.values(), ids=FILES.keys())
async def test_a_wrong_file_is_refused(bench, case):
    changed, code = case
    assert (await send_file(bench, **changed))["errcode"] == code


async def test_a_file_comes_back_for_three_days(bench):
    media_id = (await send_file(bench))["media_id"]
    query = {"access_token": await bench.token(), "media_id": media_id}
    async with bench.client.get("/cgi-bin/media/get", params=query) as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")
    await bench.control("/sim/clock", seconds=3 * 86400 + 1)
    query["access_token"] = await bench.token()
    async with bench.client.get("/cgi-bin/media/get", params=query) as response:
        assert (response.status, (await response.json())["errcode"]) == (200, 40007)


async def test_a_picture_appears_on_the_phone(bench):
    media_id = (await send_file(bench))["media_id"]
    await bench.do(bench.zhao, "say", text="我的报到证")
    ask = {"touser": bench.zhao, "msgtype": "image", "image": {"media_id": media_id}}
    assert await bench.code("/cgi-bin/message/custom/send", ask) == 0
    entry = (await bench.screen(bench.zhao))[-1]
    assert (entry["kind"], entry["type"], entry["media_id"]) == ("customer", "image", media_id)
    async with bench.client.get(f"/sim/media/{media_id}") as response:
        assert await response.read() == PNG


LEAF = {"name": "报到", "type": "click", "key": "check_in"}
MENUS = {
    "no buttons": ([], 40016),
    "four columns": ([LEAF] * 4, 40016),
    "six below": ([{"name": "服务", "sub_button": [LEAF] * 6}], 40023),
    "long name": ([{**LEAF, "name": "六个汉字的名"}], 40018),
    "long name below": ([{"name": "服务", "sub_button": [{**LEAF, "name": "字" * 21}]}], 40025),
    "long key": ([{**LEAF, "key": "k" * 129}], 40019),
    "no key": ([{"name": "报到", "type": "click"}], 40019),
    "unknown type": ([{**LEAF, "type": "sing"}], 40017),
    "unknown type below": ([{"name": "服务", "sub_button": [{**LEAF, "type": "sing"}]}], 40024),
    "bad link": ([{"name": "网页", "type": "view", "url": "ftp://example.com"}], 40055),
    "long link": ([{"name": "网页", "type": "view", "url": "http://a.cn/" + "a" * 1024}], 40020),
    "good": ([LEAF, {"name": "服务", "sub_button": [LEAF] * 5}], 0),
}


@pytest.mark.parametrize("case", MENUS.values(), ids=MENUS.keys())
async def test_a_menu_keeps_the_limits(bench, case):
    buttons, code = case
    assert await bench.code("/cgi-bin/menu/create", {"button": buttons}) == code


async def test_escaped_characters_in_a_menu_are_refused(bench):
    query = {"access_token": await bench.token()}
    async with bench.client.post("/cgi-bin/menu/create", params=query, json={"button": [LEAF]}) as response:
        assert (await response.json())["errcode"] == 40033


async def test_conditional_menus_need_a_default_and_follow_the_last_tag(bench):
    tag = (await bench.call("/cgi-bin/tags/create", {"tag": {"name": "书记"}}))["tag"]["id"]
    ask = {"button": [{**LEAF, "name": "书记"}], "matchrule": {"tag_id": str(tag)}}
    assert await bench.code("/cgi-bin/menu/addconditional", ask) == 65303
    assert await bench.code("/cgi-bin/menu/get", method="GET") == 46003
    await bench.call("/cgi-bin/menu/create", {"button": [LEAF]})
    menuid = (await bench.call("/cgi-bin/menu/addconditional", ask))["menuid"]
    assert await bench.code("/cgi-bin/menu/addconditional", {**ask, "matchrule": {"sex": "1"}}) == 65320
    await bench.call("/cgi-bin/tags/members/batchtagging", {"openid_list": [bench.zhao], "tagid": tag})
    seen = await bench.look(f"/sim/phones/{bench.zhao}/menu")
    assert seen["button"][0]["name"] == "书记"
    assert await bench.code("/cgi-bin/menu/delconditional", {"menuid": menuid}) == 0
    assert await bench.code("/cgi-bin/menu/delconditional", {"menuid": menuid}) == 65301


CODES = {
    "unknown action": ({"action_name": "QR"}, 40052),
    "no scene": ({"action_info": {}}, 40053),
    "scene zero": ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}, 40053),
    "scene of 65": ({"action_info": {"scene": {"scene_str": "x" * 65}}}, 40053),
    "permanent over 100000": (
        {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}},
        40053,
    ),
    "31 days": ({"expire_seconds": 2_592_001}, 40053),
    "good": ({}, 0),
}


@pytest.mark.parametrize("case", CODES.values(), ids=CODES.keys())
async def test_a_qr_code_keeps_the_limits(bench, case):
    changed, code = case
    ask = {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 3600,
        "action_info": {"scene": {"scene_str": "slip:4821"}},
    }
    assert await bench.code("/cgi-bin/qrcode/create", {**ask, **changed}) == code


async def test_a_code_has_a_picture_while_it_lives(bench):
    ask = {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 3600,
        "action_info": {"scene": {"scene_str": "login:a"}},
    }
    made = await bench.call("/cgi-bin/qrcode/create", ask)
    assert 3599 <= made["expire_seconds"] <= 3600
    where = {"ticket": made["ticket"]}
    async with bench.client.get("/cgi-bin/showqrcode", params=where) as response:
        assert Image.open(io.BytesIO(await response.read())).format == "PNG"
    for bad in ({"ticket": "none"}, {}):
        async with bench.client.get("/cgi-bin/showqrcode", params=bad) as response:
            assert response.status == 404
    await bench.control("/sim/clock", seconds=3601)
    async with bench.client.get("/cgi-bin/showqrcode", params=where) as response:
        assert response.status == 404


async def test_a_permanent_scene_keeps_its_code(bench):
    ask = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "community:guihua"}}}
    first, second = (
        await bench.call("/cgi-bin/qrcode/create", ask),
        await bench.call("/cgi-bin/qrcode/create", ask),
    )
    assert first["ticket"] == second["ticket"]
    assert "expire_seconds" not in first


async def test_a_follower_is_known_and_a_stranger_hardly(bench):
    info = await bench.call("/cgi-bin/user/info", method="GET", openid=bench.zhao)
    assert (info["subscribe"], info["nickname"], info["subscribe_scene"]) == (1, "", "ADD_SCENE_SEARCH")
    stranger = await bench.call("/cgi-bin/user/info", method="GET", openid=bench.sun)
    assert stranger == {"subscribe": 0, "openid": bench.sun}
    assert await bench.code("/cgi-bin/user/info", method="GET", openid="oNobody") == 40003


async def test_followers_come_in_pages_of_ten_thousand(bench):
    for number in range(10_001):
        bench.world.phones.create("", f"oMany{number:05}", following=True)
    first = await bench.call("/cgi-bin/user/get", method="GET")
    assert (first["total"], first["count"], len(first["data"]["openid"])) == (10_002, 10_000, 10_000)
    second = await bench.call("/cgi-bin/user/get", method="GET", next_openid=first["next_openid"])
    assert (second["count"], second["next_openid"]) == (2, "")
    last = await bench.call("/cgi-bin/user/get", method="GET", next_openid=second["data"]["openid"][-1])
    assert (last["count"], "data" in last) == (0, False)


TAGS = {
    "same name": ("create", {"tag": {"name": "书记"}}, 45157),
    "long name": ("create", {"tag": {"name": "字" * 31}}, 45158),
    "no tag": ("create", {}, 47001),
    "system tag": ("delete", {"tag": {"id": 2}}, 45058),
    "unknown tag": ("update", {"tag": {"id": 999, "name": "x"}}, 45159),
    "51 people": ("members/batchtagging", {"openid_list": ["a"] * 51, "tagid": 100}, 40032),
    "foreign person": ("members/batchtagging", {"openid_list": ["oNobody"], "tagid": 100}, 40003),
}


@pytest.mark.parametrize("case", TAGS.values(), ids=TAGS.keys())
async def test_tags_keep_the_limits(bench, case):
    call, ask, code = case
    await bench.call("/cgi-bin/tags/create", {"tag": {"name": "书记"}})
    assert await bench.code(f"/cgi-bin/tags/{call}", ask) == code


async def test_a_person_wears_twenty_tags_at_most(bench):
    await bench.do(bench.sun, "follow")
    ids = [(await bench.call("/cgi-bin/tags/create", {"tag": {"name": f"t{n}"}}))["tag"]["id"] for n in range(21)]
    put = "/cgi-bin/tags/members/batchtagging"
    assert [await bench.code(put, {"openid_list": [bench.zhao], "tagid": tag}) for tag in ids] == [0] * 20 + [45059]
    partly = await bench.call(put, {"openid_list": [bench.zhao, bench.sun], "tagid": ids[20]})
    assert (partly["errcode"], partly["fail_openid_list"]) == (45171, [bench.zhao])
    worn = await bench.call("/cgi-bin/tags/getidlist", {"openid": bench.sun})
    assert worn["tagid_list"] == [ids[20]]


async def test_an_unverified_account_may_hardly_do_anything(bench):
    object.__setattr__(bench.world.account, "verified", False)
    assert await bench.code("/cgi-bin/message/custom/send", {}) == 48001
    assert await bench.code("/cgi-bin/getcallbackip", method="GET") == 0


def authorize(bench, **changed):
    query = {
        "appid": bench.world.account.app_id,
        "redirect_uri": "http://127.0.0.1:8080/m/back?x=1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc123",
        **changed,
    }
    return bench.client.get("/connect/oauth2/authorize", params=query, allow_redirects=False)


async def code_for(bench, **changed):
    async with authorize(bench, phone=bench.zhao, **changed) as response:
        assert response.status == 302
        query = parse_qs(urlsplit(response.headers["Location"]).query)
        assert (query["state"], query["x"]) == (["abc123"], ["1"])
        return query["code"][0]


async def sns(bench, path, **query):
    async with bench.client.get(path, params=query) as response:
        assert response.content_type == "text/plain"
        return await response.json(content_type=None)


async def redeem(bench, code):
    account = bench.world.account
    query = {
        "appid": account.app_id,
        "secret": account.secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    return await sns(bench, "/sns/oauth2/access_token", **query)


async def test_a_code_is_good_once_and_for_five_minutes(bench):
    code = await code_for(bench)
    assert (await redeem(bench, code))["openid"] == bench.zhao
    assert (await redeem(bench, code))["errcode"] == 40163
    assert (await redeem(bench, "nonsense"))["errcode"] == 40029
    late = await code_for(bench)
    await bench.control("/sim/clock", seconds=301)
    assert (await redeem(bench, late))["errcode"] == 40029


async def test_names_are_for_the_wider_scope_only(bench):
    base = await redeem(bench, await code_for(bench))
    wide = await redeem(bench, await code_for(bench, scope="snsapi_userinfo"))
    ask = {"openid": bench.zhao}
    assert (await sns(bench, "/sns/userinfo", access_token=base["access_token"], **ask))["errcode"] == 48001
    assert (await sns(bench, "/sns/userinfo", access_token=wide["access_token"], **ask))["nickname"] == "赵一禾"
    assert (await sns(bench, "/sns/auth", access_token=wide["access_token"], openid=bench.sun))["errcode"] == 40003


async def test_a_refresh_token_turns_with_each_use(bench):
    first = await redeem(bench, await code_for(bench))
    ask = {"appid": bench.world.account.app_id, "grant_type": "refresh_token"}
    renewed = await sns(bench, "/sns/oauth2/refresh_token", **ask, refresh_token=first["refresh_token"])
    assert renewed["openid"] == bench.zhao
    again = await sns(bench, "/sns/oauth2/refresh_token", **ask, refresh_token=first["refresh_token"])
    assert again["errcode"] == 40030


async def test_a_snapshot_visitor_is_marked(bench):
    await bench.control("/sim/faults", snapshot=True)
    assert (await redeem(bench, await code_for(bench)))["is_snapshotuser"] == 1


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"appid": "wx0"}, "10012"),
        ({"redirect_uri": "javascript:1"}, "10003"),
        ({"scope": "all"}, "10005"),
        ({"state": "x" * 129}, "10015"),
    ],
)
async def test_a_wrong_address_shows_an_error_page(bench, changed, number):
    async with authorize(bench, **changed) as response:
        assert (response.status, number in await response.text()) == (400, True)


async def test_without_a_phone_the_page_asks_whose(bench):
    async with authorize(bench) as response:
        page = await response.text()
    assert ("赵一禾" in page, "default-src 'self'" in response.headers["Content-Security-Policy"]) == (
        True,
        True,
    )


async def test_the_script_ticket_stays_until_it_ends(bench):
    ask = {"method": "GET", "type": "jsapi"}
    first = await bench.call("/cgi-bin/ticket/getticket", **ask)
    assert (await bench.call("/cgi-bin/ticket/getticket", **ask))["ticket"] == first["ticket"]
    await bench.control("/sim/clock", seconds=7201)
    assert (await bench.call("/cgi-bin/ticket/getticket", **ask))["ticket"] != first["ticket"]
