"""The push engine as a service meets it: signatures, repeats, replies good and bad."""

import asyncio

import pytest
from aiohttp import web

FAULT = "该公众号提供的服务出现故障，请稍后再试"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_text_comes_back_in_every_mode(bench, mode):
    came = await bench.do(bench.zhao, "say", text="报到")
    assert (came["verdict"], came["reply"]) == ("answered", "报到")
    query, push = bench.receiver.queries[0], bench.receiver.pushes[0]
    assert query["openid"] == bench.zhao
    assert ("msg_signature" in query, query.get("encrypt_type")) == (
        mode != "plain",
        None if mode == "plain" else "aes",
    )
    assert len(push["MsgId"]) == 19
    assert ("Encrypt" in push) == (mode == "compatible")


async def test_the_verification_button_wants_the_echo_byte_by_byte(bench):
    assert (await bench.control("/sim/verify"))["ok"]
    await bench.control("/sim/webhook", url=str(bench.client.make_url("/sim/clock")))
    assert not (await bench.control("/sim/verify"))["ok"]


def _failing(times, then):
    async def answer(receiver, push):
        if len(receiver.pushes) <= times:
            return web.Response(status=500)
        return then(receiver, push)

    return answer


@pytest.mark.parametrize(
    ("failures", "verdict", "attempts"),
    [(0, "answered", 1), (1, "answered", 2), (2, "answered", 3), (3, "fault", 3)],
    ids=["at once", "on the second try", "on the third try", "never"],
)
async def test_three_tries_in_all_then_the_fault_notice(bench, failures, verdict, attempts):
    bench.receiver.answer = _failing(failures, lambda receiver, push: receiver.text(push, "好"))
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["verdict"], came["attempts"]) == (verdict, attempts)
    last = came["entries"][-1]
    assert (last["kind"], last["text"]) == (("reply", "好") if verdict == "answered" else ("notice-of-fault", FAULT))


async def test_repeats_carry_the_same_message_under_fresh_stamps(bench):
    bench.receiver.answer = _failing(2, lambda receiver, push: receiver.text(push, "好"))
    await bench.do(bench.zhao, "say", text="你好")
    identities = {(push["MsgId"], push["CreateTime"]) for push in bench.receiver.pushes}
    nonces = {query["nonce"] for query in bench.receiver.queries}
    assert (len(identities), len(nonces)) == (1, 3)


async def test_repeats_may_reuse_their_stamps(bench):
    await bench.control("/sim/faults", same_stamp=True)
    bench.receiver.answer = _failing(2, lambda receiver, push: receiver.text(push, "好"))
    await bench.do(bench.zhao, "say", text="你好")
    assert len({query["nonce"] for query in bench.receiver.queries}) == 1


async def test_a_late_answer_is_thrown_away(bench):
    is_too_late = asyncio.Event()

    async def late_once(receiver, push):
        if len(receiver.pushes) == 1:
            await is_too_late.wait()
            return receiver.text(push, "太晚")
        return receiver.text(push, "准时")

    bench.receiver.answer = late_once
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["reply"], came["attempts"]) == ("准时", 2)
    is_too_late.set()
    await asyncio.sleep(0.2)
    assert [entry["text"] for entry in await bench.screen(bench.zhao)] == ["你好", "准时"]


@pytest.mark.parametrize("body", ["success", ""], ids=["success", "nothing"])
async def test_an_empty_answer_shows_nothing(bench, body):
    async def answer(receiver, push):
        return web.Response(text=body)

    bench.receiver.answer = answer
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["verdict"], [entry["kind"] for entry in came["entries"]]) == ("silent", ["sent"])


TEXT = "<MsgType>text</MsgType><Content>{}</Content>"
ARTICLE = "<item><Title>通知</Title><Url>http://example.com/</Url></item>"
NEWS = "<MsgType>news</MsgType><ArticleCount>{}</ArticleCount><Articles>{}</Articles>"

BAD_XML = {
    "names not swapped": (TEXT.format("好"), {"ToUserName": "gh_somebody"}, "names-not-swapped"),
    "no time": (TEXT.format("好"), {"CreateTime": "soon"}, "create-time"),
    "milliseconds": (TEXT.format("好"), {"CreateTime": "1795354478000"}, "create-time"),
    "unknown type": ("<MsgType>card</MsgType>", {}, "message-type"),
    "empty text": (TEXT.format(""), {}, "empty-text"),
    "2049 bytes": (TEXT.format("a" * 2049), {}, "text-too-long"),
    "683 characters": (TEXT.format("好" * 683), {}, "text-too-long"),
    "unknown picture": ("<MsgType>image</MsgType><Image><MediaId>none</MediaId></Image>", {}, "media-id"),
    "two articles to a text": (NEWS.format(2, ARTICLE * 2), {}, "too-many-articles"),
    "wrong count": (NEWS.format(3, ARTICLE), {}, "article-count"),
    "broken by ]]>": (TEXT.format("<![CDATA[a]]>b]]>"), {}, "not-xml"),
}


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("case", BAD_XML.values(), ids=BAD_XML.keys())
async def test_a_bad_reply_shows_the_fault_notice_at_once(bench, mode, case):
    inner, changed, reason = case

    async def answer(receiver, push):
        xml = receiver.xml(push, inner, **changed)
        return receiver.sealed(xml) if mode == "safe" else web.Response(text=xml)

    bench.receiver.answer = answer
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["verdict"], came["reason"], came["attempts"]) == ("fault", reason, 1)
    assert came["entries"][-1]["text"] == FAULT


@pytest.mark.parametrize(
    ("words", "good"),
    [("a" * 2048, True), ("好" * 682, True), (" 两头空格 ", True)],
    ids=["2048 bytes", "682 characters", "spaces"],
)
async def test_the_longest_text_is_shown_whole(bench, words, good):
    async def answer(receiver, push):
        return receiver.text(push, words)

    bench.receiver.answer = answer
    assert (await bench.do(bench.zhao, "say", text="你好"))["reply"] == words


def _in_the_clear(receiver, push):
    return web.Response(text=receiver.xml(push, TEXT.format("好")))


def _foreign(receiver, push):
    crypto = type(receiver.crypto)(receiver.account.token, receiver.account.aes_key, "wx0000000000000000")
    return web.Response(text=crypto.encrypt_message(receiver.xml(push, TEXT.format("好")), "1"))


def _unsigned(receiver, push):
    sealed = receiver.crypto.encrypt_message(receiver.xml(push, TEXT.format("好")), "1")
    return web.Response(text=sealed.replace("<Nonce><![CDATA[1]]>", "<Nonce><![CDATA[2]]>"))


def _milliseconds(receiver, push):
    xml = receiver.xml(push, TEXT.format("好"))
    return web.Response(text=receiver.crypto.encrypt_message(xml, "1", timestamp="1795354478000"))


def _json(receiver, push):
    return web.json_response({"reply": "好"})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_in_the_clear, "not-encrypted"),
        (_foreign, "foreign-appid"),
        (_unsigned, "signature"),
        (_milliseconds, "timestamp"),
        (_json, "not-xml"),
    ],
)
async def test_safe_mode_accepts_only_what_is_sealed_rightly(bench, answer, reason):
    async def handle(receiver, push):
        return answer(receiver, push)

    bench.receiver.answer = handle
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["verdict"], came["reason"]) == ("fault", reason)


@pytest.mark.parametrize("mode", ["plain"])
async def test_several_articles_may_answer_an_event(bench, mode):
    async def answer(receiver, push):
        return web.Response(text=receiver.xml(push, NEWS.format(2, ARTICLE * 2)))

    bench.receiver.answer = answer
    came = await bench.do(bench.sun, "follow")
    assert [card["title"] for card in came["entries"][-1]["articles"]] == ["通知", "通知"]


@pytest.mark.parametrize(
    ("deed", "asked", "fields"),
    [
        ("say", {"text": "好"}, {"MsgType": "text", "Content": "好"}),
        ("say", {"choice": {"id": "2", "content": "没见到人"}}, {"MsgType": "text", "bizmsgmenuid": "2"}),
        ("say", {"odd": "emoji"}, {"MsgType": "text"}),
        ("voice", {}, {"MsgType": "voice", "Format": "amr"}),
        ("picture", {}, {"MsgType": "image"}),
        ("location", {"label": "桂花社区"}, {"MsgType": "location", "Label": "桂花社区"}),
        ("sticker", {}, {"MsgType": "text", "Content": "【收到不支持的消息类型，暂无法显示】"}),
        ("link", {"title": "领补贴"}, {"MsgType": "link", "Title": "领补贴"}),
        ("message", {"MsgType": "file", "Title": "a.doc"}, {"MsgType": "file", "Title": "a.doc"}),
        ("event", {"Event": "naming_verify_fail"}, {"MsgType": "event", "Event": "naming_verify_fail"}),
        ("unfollow", {}, {"MsgType": "event", "Event": "unsubscribe"}),
    ],
)
async def test_each_deed_is_pushed_with_its_fields(bench, deed, asked, fields):
    await bench.do(bench.zhao, deed, **asked)
    push = bench.receiver.pushes[-1]
    assert {name: push.get(name) for name in fields} == fields
    assert ("MsgId" in push) == (push["MsgType"] != "event")


async def test_who_does_not_follow_cannot_write(bench):
    assert await bench.do(bench.sun, "say", text="你好") == {"error": "not-following"}
    assert bench.receiver.pushes == []


async def test_scanning_follows_or_scans(bench):
    ask = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "community:guihua"}}}
    ticket = (await bench.call("/cgi-bin/qrcode/create", ask))["ticket"]
    await bench.do(bench.sun, "scan", scene="community:guihua")
    await bench.do(bench.zhao, "scan", ticket=ticket)
    first, second = bench.receiver.pushes
    assert (first["Event"], first["EventKey"], first["Ticket"]) == (
        "subscribe",
        "qrscene_community:guihua",
        ticket,
    )
    assert (second["Event"], second["EventKey"]) == ("SCAN", "community:guihua")
    await bench.control("/sim/clock", seconds=61)
    assert (await bench.do(bench.zhao, "scan", ticket=ticket))["verdict"] == "nothing"


async def test_an_unreachable_service_is_a_fault(bench):
    await bench.control("/sim/webhook", url="http://127.0.0.1:9/wechat")
    came = await bench.do(bench.zhao, "say", text="你好")
    assert (came["verdict"], came["attempts"]) == ("fault", 3)


@pytest.mark.parametrize(
    ("fault", "copies"),
    [({"duplicate": 2}, 2), ({"concurrent": 3}, 3)],
    ids=["one after another", "together"],
)
async def test_injected_repeats_show_one_answer(bench, fault, copies):
    await bench.control("/sim/faults", **fault)
    came = await bench.do(bench.zhao, "say", text="你好")
    assert came["copies"] == ["你好"] * copies
    assert len({push["MsgId"] for push in bench.receiver.pushes}) == 1
    assert [entry["kind"] for entry in came["entries"]] == ["sent", "reply"]


async def test_broken_text_leaves_as_broken_bytes(bench):
    sealed = []

    async def handle(request):
        sealed.append(await request.text())
        return web.Response(text="success")

    service = web.Application()
    service.router.add_post("/", handle)
    from aiohttp.test_utils import TestServer

    async with TestServer(service) as server:
        await bench.control("/sim/webhook", url=str(server.make_url("/")))
        assert (await bench.do(bench.zhao, "say", odd="malformed"))["verdict"] == "silent"
    assert "<Encrypt>" in sealed[0]
