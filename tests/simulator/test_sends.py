"""Customer, template and subscription messages and mass sends: who is refused, and when."""

import asyncio

import pytest

SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
NOTICE = "/cgi-bin/message/subscribe/bizsend"
MASS = "/cgi-bin/message/mass/send"
TO_ALL = "/cgi-bin/message/mass/sendall"
VISIT = "VisitReminder_00000000000000000000000000Sim"
ONCE = "ActivityOnce_000000000000000000000000000Sim"
VALUES = {
    "thing1": "钱二梅",
    "thing2": "八十岁生日",
    "time3": "2026年10月18日 09:00",
    "thing4": "请提前打电话",
}


def text(openid, words="好"):
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}


def visit(openid, **changed):
    data = {key: {"value": value} for key, value in {**VALUES, **changed.pop("values", {})}.items()}
    return {"touser": openid, "template_id": VISIT, "data": data, **changed}


def batch(openids, words="好", **changed):
    return {"touser": openids, "msgtype": "text", "text": {"content": words}, **changed}


CUSTOMER = {
    "foreign openid": ({"touser": "oSomebodyElse"}, 40003),
    "no openid": ({"touser": None}, 40003),
    "unknown type": ({"msgtype": "poem"}, 40008),
    "empty text": ({"text": {"content": ""}}, 44004),
    "2049 bytes": ({"text": {"content": "a" * 2049}}, 45002),
    "text without object": ({"text": "好"}, 47001),
    "unknown picture": ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
    "article not in a list": ({"msgtype": "news", "news": {"articles": {"title": "a"}}}, 45162),
    "two articles": ({"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
    "menu without items": ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 47001),
}


@pytest.mark.parametrize("case", CUSTOMER.values(), ids=CUSTOMER.keys())
async def test_a_wrong_customer_message_is_refused(bench, case):
    changed, code = case
    await bench.do(bench.zhao, "say", text="你好")
    assert await bench.code(SEND, {**text(bench.zhao), **changed}) == code
    assert bench.world.ledger.sent == []


@pytest.mark.parametrize(
    ("deed", "asked", "allowed", "seconds"),
    [
        ("say", {"text": "你好"}, 5, 48 * 3600),
        ("say", {"choice": {"id": "1", "content": "好"}}, 3, 60),
        ("tap", {"key": "check_in"}, 3, 60),
        ("scan", {"scene": "7"}, 3, 60),
    ],
    ids=["message", "item of a message menu", "menu tap", "scan"],
)
async def test_a_window_ends_by_number_and_by_time(bench, deed, asked, allowed, seconds):
    await bench.call("/cgi-bin/menu/create", {"button": [{"name": "报到", "type": "click", "key": "check_in"}]})
    await bench.call(
        "/cgi-bin/qrcode/create", {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 7}}}
    )
    assert await bench.tell(bench.zhao) == 45015
    await bench.do(bench.zhao, deed, **asked)
    assert [await bench.tell(bench.zhao) for _ in range(allowed + 1)] == [0] * allowed + [45047]
    await bench.do(bench.zhao, deed, **asked)
    await bench.control("/sim/clock", seconds=seconds - 5)
    assert await bench.tell(bench.zhao) == 0
    await bench.control("/sim/clock", seconds=10)
    assert await bench.tell(bench.zhao) == 45015


async def test_following_opens_a_window_and_leaving_shuts_it(bench):
    await bench.do(bench.sun, "follow")
    assert await bench.tell(bench.sun) == 0
    await bench.do(bench.sun, "unfollow")
    assert await bench.tell(bench.sun) == 45015


async def test_a_new_message_starts_the_allowance_anew(bench):
    await bench.do(bench.zhao, "say", text="一")
    assert [await bench.tell(bench.zhao) for _ in range(3)] == [0] * 3
    await bench.do(bench.zhao, "say", text="二")
    assert [await bench.tell(bench.zhao) for _ in range(6)] == [0] * 5 + [45047]


async def test_a_link_in_the_menu_opens_no_window(bench):
    url = "http://example.com/m/"
    await bench.call("/cgi-bin/menu/create", {"button": [{"name": "网页", "type": "view", "url": url}]})
    await bench.do(bench.zhao, "tap", name="网页")
    assert bench.receiver.pushes[-1]["EventKey"] == url
    assert await bench.tell(bench.zhao) == 45015


async def test_typing_needs_a_fresh_message(bench):
    ask = {"touser": bench.zhao, "command": "Typing"}
    path = "/cgi-bin/message/custom/typing"
    assert await bench.code(path, ask) == 45080
    await bench.do(bench.zhao, "say", text="你好")
    assert [await bench.code(path, ask) for _ in range(2)] == [0, 45081]
    assert await bench.code(path, {**ask, "command": "Sing"}) == 45072


TEMPLATES = {
    "unknown template": ({"template_id": "x" * 43}, 40037),
    "id too long": ({"template_id": "x" * 44}, 40036),
    "no template": ({"template_id": ""}, 41016),
    "subscription template": ({"template_id": ONCE}, 40037),
    "foreign openid": ({"touser": "oSomebodyElse"}, 40003),
    "stranger": ({"touser": "sun"}, 43004),
    "no data": ({"data": None}, 47001),
    "21 characters": ({"values": {"thing1": "长" * 21}}, 47003),
    "line break": ({"values": {"thing1": "一\n二"}}, 47003),
    "empty value": ({"values": {"thing1": ""}}, 47003),
    "time in words": ({"values": {"time3": "明天上午"}}, 47003),
}


@pytest.mark.parametrize("case", TEMPLATES.values(), ids=TEMPLATES.keys())
async def test_a_wrong_template_message_is_refused(bench, case):
    changed, code = case
    if changed.get("touser") == "sun":
        changed = {"touser": bench.sun}
    answer = await bench.call(
        TEMPLATE, {**visit(bench.zhao, **changed), **{k: v for k, v in changed.items() if k != "values"}}
    )
    assert answer["errcode"] == code
    if code == 47003:
        assert f"data.{next(iter(changed['values']))}.value invalid" in answer["errmsg"]


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        (
            "time1",
            ["15:01", "2019年10月1日", "2019年10月1日 15:01", "2019-10-01 15:01:30", "9:00~11:30"],
            ["10月1日", "三点"],
        ),
        ("date1", ["2019年10月1日", "2019年10月1日 15:01"], ["重阳节"]),
        ("phrase1", ["已通过", "待审核中心"], ["审核通过了哦", "ok"]),
        ("name1", ["赵一禾", "Zhao Yihe"], ["赵一禾先生和他的老伴钱二梅"]),
        ("phone_number1", ["19900000001", "+86-0571-66888866"], ["电话19900000001", "1" * 18]),
        ("number1", ["12", "12.5"], ["十二", "1" * 33]),
        ("character_string1", ["AB-12_3"], ["单号12", "a" * 33]),
        ("amount1", ["¥100", "12.50元"], ["一百元"]),
        ("letter1", ["Abc"], ["a1"]),
        ("car_number1", ["浙A12345"], ["浙A12345678"]),
        ("const1", ["已报到"], ["未报到"]),
    ],
)
async def test_each_type_of_value_has_its_rule(bench, key, good, bad):
    constants = {"const1": ["已报到"]}
    template = {
        "template_id": "T" * 43,
        "title": "试",
        "content": f"甲: {{{{{key}.DATA}}}}",
        "constants": constants,
    }
    await bench.control("/sim/templates", **template)
    for value in [*good, *bad]:
        ask = {"touser": bench.zhao, "template_id": "T" * 43, "data": {key: {"value": value}}}
        assert (value, await bench.code(TEMPLATE, ask)) == (value, 0 if value in good else 47003)


async def test_a_template_is_shown_and_reported(bench):
    answer = await bench.call(TEMPLATE, visit(bench.zhao, client_msg_id="visit-1"))
    (event,) = await bench.until(1, "TEMPLATESENDJOBFINISH")
    assert (event["MsgID"], event["Status"]) == (str(answer["msgid"]), "success")
    (entry,) = await bench.screen(bench.zhao)
    assert (entry["kind"], entry["title"]) == ("template", "走访提醒")
    assert "走访对象: 钱二梅" in entry["text"]


async def test_the_same_client_id_sends_once_in_ten_minutes(bench):
    ask = visit(bench.zhao, client_msg_id="visit-1")
    first, second = await bench.call(TEMPLATE, ask), await bench.call(TEMPLATE, ask)
    assert first["msgid"] == second["msgid"]
    assert len(await bench.screen(bench.zhao)) == 1
    await bench.control("/sim/clock", seconds=601)
    assert (await bench.call(TEMPLATE, ask))["msgid"] != first["msgid"]
    assert len(await bench.screen(bench.zhao)) == 2


async def test_who_blocks_the_account_is_reported_only(bench):
    await bench.control(f"/sim/phones/{bench.zhao}/standing", blocked=True)
    assert await bench.code(TEMPLATE, visit(bench.zhao)) == 0
    (event,) = await bench.until(1, "TEMPLATESENDJOBFINISH")
    assert event["Status"] == "failed:user block"
    assert await bench.screen(bench.zhao) == []


async def test_a_banned_template_and_a_spent_quota_stop_all(bench):
    await bench.control("/sim/faults", banned=[VISIT])
    assert await bench.code(TEMPLATE, visit(bench.zhao)) == 43116
    await bench.control("/sim/faults", banned=[])
    await bench.control("/sim/quotas", path=TEMPLATE, daily=1)
    bench.world.quotas.clear()
    assert [await bench.code(TEMPLATE, visit(bench.zhao)) for _ in range(2)] == [0, 45009]
    await bench.control("/sim/clock", seconds=86400)
    assert await bench.code(TEMPLATE, visit(bench.zhao)) == 0


async def test_the_event_may_come_before_the_answer(bench):
    await bench.control("/sim/faults", event_first=True)
    answer = await bench.call(TEMPLATE, visit(bench.zhao))
    assert bench.receiver.pushes[-1]["MsgID"] == str(answer["msgid"])


async def test_a_notice_needs_a_yes_for_each_sending(bench):
    data = {"thing1": {"value": "茶话会"}, "time2": {"value": "15:00"}, "thing3": {"value": "议事亭"}}
    ask = {"touser": bench.zhao, "template_id": ONCE, "data": data}
    assert await bench.code(NOTICE, ask) == 43101
    await bench.do(bench.zhao, "confirm-subscription", template_id=ONCE)
    popup = bench.receiver.pushes[-1]["SubscribeMsgPopupEvent"]["List"]
    assert (popup["TemplateId"], popup["SubscribeStatusString"]) == (ONCE, "accept")
    assert [await bench.code(NOTICE, ask) for _ in range(2)] == [0, 43101]
    (sent,) = await bench.until(1, "subscribe_msg_sent_event")
    assert sent["SubscribeMsgSentEvent"]["List"]["ErrorCode"] == "0"


async def test_switching_notices_off_takes_the_yes_back(bench):
    await bench.do(bench.zhao, "confirm-subscription", template_id=ONCE)
    await bench.do(bench.zhao, "confirm-subscription", template_id=ONCE, switch_off=True)
    assert bench.receiver.pushes[-1]["Event"] == "subscribe_msg_change_event"
    data = {"thing1": {"value": "a"}, "time2": {"value": "15:00"}, "thing3": {"value": "b"}}
    assert await bench.code(NOTICE, {"touser": bench.zhao, "template_id": ONCE, "data": data}) == 43101


MASSES = {
    "one person": (MASS, batch(["a"]), 40130),
    "too many": (MASS, batch(["a"] * 10_001), 40032),
    "no list": (MASS, batch("a"), 40031),
    "long id": (MASS, batch(["a", "b"], clientmsgid="x" * 65), 45067),
    "card": (MASS, {"touser": ["a", "b"], "msgtype": "wxcard"}, 45113),
    "unknown picture": (
        MASS,
        {"touser": ["a", "b"], "msgtype": "images", "images": {"media_ids": ["none"]}},
        40007,
    ),
    "empty text": (MASS, batch(["a", "b"], ""), 44004),
    "unknown tag": (TO_ALL, {"filter": {"is_to_all": False, "tag_id": 999}, "msgtype": "text"}, 45159),
    "no filter": (TO_ALL, {"msgtype": "text", "text": {"content": "好"}}, 47001),
}


@pytest.mark.parametrize("case", MASSES.values(), ids=MASSES.keys())
async def test_a_wrong_mass_send_is_refused(bench, case):
    path, ask, code = case
    assert await bench.code(path, ask) == code


async def test_a_mass_send_is_counted_and_reported(bench):
    answer = await bench.call(MASS, batch([bench.zhao, bench.sun], clientmsgid="notice-1"))
    (event,) = await bench.until(1, "MASSSENDJOBFINISH")
    counts = [event[name] for name in ("MsgID", "Status", "TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert counts == [str(answer["msg_id"]), "send success", "2", "1", "1", "0"]
    assert [entry["kind"] for entry in await bench.screen(bench.zhao)] == ["mass"]
    assert await bench.screen(bench.sun) == []
    status = await bench.call("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})
    assert status["msg_status"] == "SEND_SUCCESS"


async def test_a_client_id_is_good_for_one_job_a_day(bench):
    ask = batch([bench.zhao, bench.sun], clientmsgid="notice-1")
    first = await bench.call(MASS, ask)
    again = await bench.call(MASS, ask)
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert await bench.code(MASS, ask) == 45066
    await bench.control("/sim/clock", seconds=86401)
    assert await bench.code(MASS, ask) == 0


async def test_without_a_client_id_the_same_text_to_two_batches_collides(bench):
    assert await bench.code(MASS, batch([bench.zhao, bench.sun])) == 0
    assert await bench.code(MASS, batch(["oAnother1", "oAnother2"])) == 45065


async def test_a_person_gets_four_mass_sends_a_month(bench):
    for number in range(5):
        await bench.call(MASS, batch([bench.zhao, bench.sun], clientmsgid=f"n{number}"))
    events = await bench.until(5, "MASSSENDJOBFINISH")
    assert sorted(event["SentCount"] for event in events) == ["0", "1", "1", "1", "1"]


async def test_to_all_once_a_day_and_lists_sixty_a_minute(bench):
    ask = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "好"}}
    codes = [await bench.code(TO_ALL, {**ask, "clientmsgid": f"a{number}"}) for number in range(2)]
    assert codes == [0, 45028]
    await bench.control("/sim/clock", offset=30 - bench.world.clock.now() % 60)
    codes = [await bench.code(MASS, batch([bench.zhao, bench.sun], clientmsgid=f"m{n}")) for n in range(61)]
    assert codes.count(45011) == 1


@pytest.mark.parametrize(("word", "status"), [(True, "send success"), (False, "err(40001)")], ids=["yes", "no"])
async def test_the_administrator_decides_about_sends_to_all(bench, word, status):
    await bench.control("/sim/faults", admin_confirms=True)
    ask = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "好"}, "clientmsgid": "a"}
    job = (await bench.call(TO_ALL, ask))["msg_id"]
    await asyncio.sleep(0.05)
    assert await bench.screen(bench.zhao) == []
    await bench.control(f"/sim/mass/{job}", confirm=word)
    (event,) = await bench.until(1, "MASSSENDJOBFINISH")
    assert event["Status"] == status
