"""The client asks the way the platform wants it, and gives back what it says, in values with names."""

import json

import pytest
from aiohttp import web

from tests.wechat.peer import APP_ID, OPENID, SECRET
from wechat import payloads
from wechat.client import Credentials, TemplateMessage
from wechat.errors import OutcomeUnknown, Verdict, WeChatError
from wechat.payloads import Choices, Everybody, Image, News, Tagged, These
from wechat.replies import Article

CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
INFO = "/cgi-bin/user/info"
BUSY = {"errcode": -1, "errmsg": "system error"}
NOTE = TemplateMessage("t1", {"thing1": "桂花社区", "time2": "15:01"}, "http://a/m/1", "n-1")


def sent(responder, path):
    """The JSON bodies a path was sent."""
    return [json.loads(body) for _, body in responder.calls(path)]


async def test_chinese_and_ampersands_are_not_escaped(client, responder):
    await client.menu_create([{"name": "报到", "type": "view", "url": "http://a/?b&c"}])
    (_, body), *_ = responder.calls("/cgi-bin/menu/create")
    assert "报到" in body.decode()
    assert b"\\u" not in body


PAYLOADS = [
    (payloads.Text("好\x00"), {"msgtype": "text", "text": {"content": "好"}}),
    (payloads.Text("好" * 1000), {"msgtype": "text", "text": {"content": "好" * 682}}),
    (Image("m"), {"msgtype": "image", "image": {"media_id": "m"}}),
    (payloads.Voice("m"), {"msgtype": "voice", "voice": {"media_id": "m"}}),
    (
        News(Article("题", "述", "p", "u")),
        {
            "msgtype": "news",
            "news": {"articles": [{"title": "题", "description": "述", "url": "u", "picurl": "p"}]},
        },
    ),
    (
        Choices({"1": "去"}, "头", "尾"),
        {
            "msgtype": "msgmenu",
            "msgmenu": {"head_content": "头", "list": [{"id": "1", "content": "去"}], "tail_content": "尾"},
        },
    ),
]


@pytest.mark.parametrize(("payload", "body"), PAYLOADS, ids=[body["msgtype"] for _, body in PAYLOADS])
async def test_a_customer_message_has_its_shape(client, responder, payload, body):
    await client.send_customer(OPENID, payload)
    assert sent(responder, CUSTOM) == [{"touser": OPENID, **body}]


async def test_a_template_message_has_its_shape_and_returns_its_id(client, responder):
    responder.on(TEMPLATE, {"errcode": 0, "errmsg": "ok", "msgid": 3512345678901234567})
    assert await client.send_template(OPENID, NOTE) == "3512345678901234567"
    values = {"thing1": {"value": "桂花社区"}, "time2": {"value": "15:01"}}
    assert sent(responder, TEMPLATE) == [
        {"touser": OPENID, "template_id": "t1", "data": values, "url": "http://a/m/1", "client_msg_id": "n-1"}
    ]


async def test_a_subscription_notice_calls_its_page_page(client, responder):
    await client.send_subscription(OPENID, NOTE)
    (body,) = sent(responder, "/cgi-bin/message/subscribe/bizsend")
    assert (body["page"], "url" in body) == ("http://a/m/1", False)


AUDIENCES = [
    (Everybody(), "sendall", {"filter": {"is_to_all": True}}),
    (Tagged(101), "sendall", {"filter": {"is_to_all": False, "tag_id": 101}}),
    (These(("a", "b")), "send", {"touser": ["a", "b"]}),
]


@pytest.mark.parametrize(("audience", "path", "target"), AUDIENCES, ids=["all", "tag", "names"])
async def test_a_mass_job_names_its_audience_and_itself(client, responder, audience, path, target):
    path = f"/cgi-bin/message/mass/{path}"
    responder.on(path, {"errcode": 0, "errmsg": "ok", "msg_id": 34182, "msg_data_id": 206227730})
    job = await client.mass_send(audience, payloads.Text("通知"), "batch-1")
    assert (job.msg_id, job.msg_data_id, job.was_there) == ("34182", "206227730", False)
    assert sent(responder, path) == [
        {**target, "msgtype": "text", "text": {"content": "通知"}, "clientmsgid": "batch-1"}
    ]


async def test_a_mass_job_the_platform_knows_is_done(client, responder):
    responder.on("/cgi-bin/message/mass/sendall", {"errcode": 45065, "errmsg": "exists", "msg_id": 34182})
    job = await client.mass_send(Everybody(), payloads.Text("通知"), "batch-1")
    assert (job.msg_id, job.was_there) == ("34182", True)


@pytest.mark.parametrize(
    ("audience", "name"),
    [(These(("a",)), "x"), (These(("a",) * 10_001), "x"), (Everybody(), ""), (Everybody(), "好" * 11)],
    ids=["one", "too many", "no id", "long id"],
)
async def test_a_mass_job_that_cannot_work_is_not_sent(client, responder, audience, name):
    with pytest.raises(ValueError, match=r"mass|client_msg_id"):
        await client.mass_send(audience, payloads.Text("通知"), name)
    assert responder.asked == []


async def test_typing_that_may_not_be_shown_is_no_error(client, responder):
    responder.on("/cgi-bin/message/custom/typing", {"errcode": 45080, "errmsg": ""}, {"errcode": 45081, "errmsg": ""})
    await client.typing(OPENID)
    await client.typing(OPENID, on=False)


@pytest.mark.parametrize("base", ["", "api.weixin.qq.com", "ftp://a", "https://"])
def test_a_base_that_is_no_address_is_refused(base):
    with pytest.raises(ValueError, match="base"):
        Credentials(APP_ID, SECRET, base)


async def test_followers_come_page_by_page(client, responder):
    path = "/cgi-bin/user/get"
    responder.on(
        path,
        {"total": 3, "count": 2, "data": {"openid": ["a", "b"]}, "next_openid": "b"},
        {"total": 3, "count": 1, "data": {"openid": ["c"]}, "next_openid": "c"},
        {"total": 3, "count": 0, "next_openid": ""},
    )
    assert [page async for page in client.followers()] == [["a", "b"], ["c"]]
    assert [query.get("next_openid") for query, _ in responder.calls(path)] == [None, "b", "c"]


async def test_followers_that_never_end_do(client, responder):
    responder.on("/cgi-bin/user/get", {"total": 1, "count": 1, "data": {"openid": ["a"]}, "next_openid": "a"})
    assert [page async for page in client.followers()] == [["a"], ["a"]]


async def test_many_people_are_asked_about_a_hundred_at_a_time(client, responder):
    path = "/cgi-bin/user/info/batchget"
    responder.on(path, {"user_info_list": [{"openid": "a", "subscribe": 0}]})
    found = await client.users_batch([f"o{n}" for n in range(201)])
    assert [len(body["user_list"]) for body in sent(responder, path)] == [100, 100, 1]
    assert [user.follows for user in found] == [False] * 3


async def test_a_follower_is_read_without_name_or_picture(client, responder):
    answer = b'{"subscribe":1,"openid":"o1","nickname":"","subscribe_time":1,"tagid_list":[2],'
    answer += b'"qr_scene_str":"g\x01"}'
    responder.on(INFO, answer)
    user = await client.user_info("o1")
    assert (user.follows, user.subscribed, user.tags, user.qr_scene) == (True, 1, (2,), "g\x01")
    assert "o1" not in repr(user)


async def test_tagging_goes_in_fifties_and_tells_who_failed(client, responder):
    path = "/cgi-bin/tags/members/batchtagging"
    failing = {"errcode": 45171, "errmsg": "partial", "fail_openid_list": ["o7"]}
    responder.on(path, {"errcode": 0, "errmsg": "ok"}, failing)
    assert await client.tag_people(101, [f"o{n}" for n in range(51)]) == ["o7"]
    assert [len(body["openid_list"]) for body in sent(responder, path)] == [50, 1]


async def test_the_menu_that_is_not_there_is_none(client, responder):
    responder.on("/cgi-bin/menu/get", {"errcode": 46003, "errmsg": "menu no exist"})
    assert await client.menu_get() is None


@pytest.mark.parametrize(("seconds", "asked"), [(1, 60), (3600, 3600), (10**9, 2_592_000)])
async def test_a_temporary_code_lives_between_a_minute_and_thirty_days(client, responder, seconds, asked):
    path = "/cgi-bin/qrcode/create"
    responder.on(path, {"ticket": "T=", "expire_seconds": asked, "url": "http://weixin.qq.com/q/1"})
    code = await client.qr_temporary("guihua", seconds)
    assert (code.ticket, code.url, code.seconds) == ("T=", "http://weixin.qq.com/q/1", asked)
    assert sent(responder, path)[0]["expire_seconds"] == asked


async def test_a_permanent_code_never_ends(client, responder):
    responder.on("/cgi-bin/qrcode/create", {"ticket": "T", "url": "u"})
    await client.qr_permanent("guihua")
    (body,) = sent(responder, "/cgi-bin/qrcode/create")
    assert body == {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "guihua"}}}
    with pytest.raises(ValueError, match="scene"):
        await client.qr_permanent("x" * 65)


async def test_the_picture_of_a_code_needs_no_token(client, responder):
    responder.on("/cgi-bin/showqrcode", web.Response(body=b"JPG", content_type="image/jpeg"))
    assert await client.qr_image("a+b/c=") == b"JPG"
    ((query, _),) = responder.calls("/cgi-bin/showqrcode")
    assert query == {"ticket": "a+b/c="}


async def test_media_goes_up_in_the_field_the_platform_wants(client, responder):
    responder.on("/cgi-bin/media/upload", {"type": "image", "media_id": "m1", "created_at": 1})
    assert await client.upload_media("image", "card.png", b"PNG") == "m1"
    ((query, body),) = responder.calls("/cgi-bin/media/upload")
    assert query["type"] == "image"
    assert b'name="media"; filename="card.png"' in body
    assert b"Content-Type: image/png" in body


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("image", "a.exe", b"x"),
        ("image", "a.png", b""),
        ("thumb", "a.jpg", b"x" * 65_537),
        ("image", "证.png", b"x"),
    ],
    ids=["type", "empty", "size", "name"],
)
async def test_media_the_platform_would_refuse_stays_here(client, responder, kind, name, content):
    with pytest.raises(ValueError, match="file"):
        await client.upload_media(kind, name, content)
    assert responder.asked == []


async def test_media_comes_down(client, responder):
    responder.on("/cgi-bin/media/get", web.Response(body=b"\xff\xd8picture", content_type="image/jpeg"))
    media = await client.download_media("m1")
    assert (media.content_type, media.content) == ("image/jpeg", b"\xff\xd8picture")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/jpeg"])
async def test_an_error_under_http_200_is_no_picture(client, responder, content_type):
    refusal = b'{"errcode":40007,"errmsg":"invalid media_id"}'
    responder.on("/cgi-bin/media/get", web.Response(body=refusal, content_type=content_type))
    with pytest.raises(WeChatError) as refused:
        await client.download_media("m1")
    assert refused.value.code == 40007


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"video_url":"http://127.0.0.1:1/v"}', "application/json"),
        (b"<html>", "text/html"),
        (b"", "image/png"),
    ],
    ids=["address of a film", "page", "nothing"],
)
async def test_nothing_but_media_is_taken_and_no_address_followed(client, responder, body, content_type):
    responder.on("/cgi-bin/media/get", web.Response(body=body, content_type=content_type))
    with pytest.raises(WeChatError) as refused:
        await client.download_media("m1")
    assert refused.value.verdict is Verdict.FINAL


async def test_media_beyond_the_limit_is_cut_off(client, responder):
    responder.on("/cgi-bin/media/get", web.Response(body=b"x" * 100_000, content_type="image/png"))
    with pytest.raises(OutcomeUnknown):
        await client.download_media("m1", limit=50_000)


def test_the_browser_is_sent_with_parameters_in_their_order(client):
    assert client.oauth_url("https://open.weixin.qq.com/", "https://a.example/m/?b=1&c", "s1") == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APP_ID}"
        "&redirect_uri=https%3A%2F%2Fa.example%2Fm%2F%3Fb%3D1%26c&response_type=code&scope=snsapi_base&state=s1"
        "#wechat_redirect"
    )


@pytest.mark.parametrize("state", ["", "a b", "a&b", "x" * 129])
def test_a_state_that_could_break_the_address_is_refused(client, state):
    with pytest.raises(ValueError, match="state"):
        client.oauth_url("https://open.weixin.qq.com", "https://a", state)


async def test_a_code_tells_whose_browser_it_is(client, responder):
    found = {"access_token": "user", "openid": OPENID, "scope": "snsapi_base", "is_snapshotuser": 1}
    responder.on("/sns/oauth2/access_token", json.dumps(found).encode())
    identity = await client.oauth_exchange("code1")
    assert (identity.openid, identity.is_snapshot) == (OPENID, True)
    ((query, _),) = responder.calls("/sns/oauth2/access_token")
    assert query == {"appid": APP_ID, "secret": SECRET, "code": "code1", "grant_type": "authorization_code"}


@pytest.mark.parametrize("code", ["", "a b", "x" * 600], ids=["empty", "spaces", "long"])
async def test_a_code_that_is_none_is_not_asked_about(client, responder, code):
    with pytest.raises(WeChatError) as refused:
        await client.oauth_exchange(code)
    assert refused.value.verdict is Verdict.RESTART_AUTH
    assert responder.asked == []


async def test_what_is_left_of_a_day_can_be_asked(client, responder):
    responder.on("/cgi-bin/openapi/quota/get", {"errcode": 0, "quota": {"daily_limit": 10, "used": 3, "remain": 7}})
    assert (await client.quota_get(CUSTOM)).left == 7
