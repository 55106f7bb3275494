"""短信: what leaves by a gateway the county describes, what it says no to, and the file for trying it out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from delivery_cast import post

from delivery.sms import FileSms, Gateway, HttpSms, sms_text
from delivery.waiting import tallies
from kit.county import SmsNumbers
from models.outreach.calls import Call
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from wechat.errors import OutcomeUnknown, Verdict, WeChatError

NUMBER = "19900000001"


class Pretend:
    """A gateway of some firm: remembers what it was asked and answers as told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.status, self.said = 200, '{"code":"OK"}'

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((request.path_qs, dict(request.headers), await request.text()))
        return web.Response(status=self.status, text=self.said)


@pytest.fixture
async def pretend() -> AsyncIterator[tuple[Pretend, str, aiohttp.ClientSession]]:
    gateway = Pretend()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", gateway.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield gateway, str(server.make_url("/sms")), http


async def test_a_json_gateway_gets_its_own_form(pretend):
    gateway, url, http = pretend
    form = '{"to":"{phone}","text":"{words}","id":"{once}","more":{"a":1}}'
    sms = HttpSms(Gateway(url, form, headers={"X-Key": "k"}, accepted='"OK"', phone="19900000900"), http)
    await sms.send(NUMBER, '说"你好"。', once="n7")
    path, headers, body = gateway.heard[0]
    assert json.loads(body) == {"to": NUMBER, "text": '说"你好"。有事请打199 0000 0900。', "id": "n7", "more": {"a": 1}}
    assert (path, headers["X-Key"], headers["Content-Type"]) == ("/sms", "k", "application/json")


async def test_a_plain_gateway_gets_an_address(pretend):
    gateway, url, http = pretend
    await HttpSms(Gateway(url + "?to={phone}&text={words}", method="GET"), http).send(NUMBER, "开会&早", once="n1")
    assert gateway.heard[0][0] == f"/sms?to={NUMBER}&text=%E5%BC%80%E4%BC%9A%26%E6%97%A9"


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        (200, '{"code":"BALANCE"}', Verdict.FINAL),
        (403, "no", Verdict.FINAL),
        (302, "elsewhere", Verdict.FINAL),
        (502, "away", Verdict.UNKNOWN_OUTCOME),
    ],
    ids=["says no", "forbidden", "sends us elsewhere", "nobody knows"],
)
async def test_what_a_gateway_says(pretend, status, said, verdict):
    gateway, url, http = pretend
    gateway.status, gateway.said = status, said
    with pytest.raises(WeChatError) as refused:
        await HttpSms(Gateway(url, "x={words}", accepted='"OK"'), http).send(NUMBER, "开会。", once="n1")
    assert refused.value.verdict is verdict
    assert NUMBER not in str(refused.value)


async def test_a_gateway_that_is_not_there_was_sent_nothing(pretend):
    _, _, http = pretend
    with pytest.raises(WeChatError) as refused:
        await HttpSms(Gateway("http://127.0.0.1:9/sms"), http).send(NUMBER, "开会。", once="n1")
    assert not isinstance(refused.value, OutcomeUnknown)


async def test_the_file_is_private(tmp_path):
    await FileSms(tmp_path / "out" / "sms.jsonl").send(NUMBER, "开会。", once="n1")
    path = tmp_path / "out" / "sms.jsonl"
    assert json.loads(path.read_text("utf-8"))["words"] == "开会。"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_message_ends_before_it_costs_a_fortune():
    assert len(sms_text("开" * 900, "19900000900")) == 300


@pytest.mark.parametrize("url", ["ftp://somewhere", "sms.example"])
def test_only_known_kinds_of_gateways(url):
    with pytest.raises(ValueError, match="https"):
        SmsNumbers(url=url)


async def test_somebody_without_wechat_gets_an_sms_and_no_question_is_left(office, secretary, monday, tmp_path):
    person = await office.person(1)
    await Binding.all().delete()
    person.set_phone(NUMBER)
    await person.save()
    notice = await post(person, monday)
    await Notice.filter(id=notice).update(say="broadcasts.notice", facts='{"place":"桂花社区","message":"明天停水。"}')
    courier = office.courier(has_sms=True)
    courier.sms = FileSms(tmp_path / "sms.jsonl")
    assert await courier.deliver(notice, monday) == "accepted"
    line = json.loads((tmp_path / "sms.jsonl").read_text("utf-8"))
    assert (line["phone"], line["words"]) == (NUMBER, "桂花社区通知：明天停水。")
    stored = await Notice.get(id=notice)
    assert (stored.channel, stored.reason, stored.outcome) == ("sms", "sms", "sent")


async def test_what_only_makes_sense_in_the_chat_is_told_by_somebody(office, secretary, monday, tmp_path):
    person = await office.person(1, window=False)
    person.set_phone(NUMBER)
    await person.save()
    courier = office.courier(has_sms=True)
    courier.sms = FileSms(tmp_path / "sms.jsonl")
    assert await courier.deliver(await post(person, monday), monday) == "told"
    assert not (tmp_path / "sms.jsonl").exists()


async def test_a_gateway_that_refuses_leads_to_a_person_and_keeps_the_platform(office, secretary, monday, pretend):
    gateway, url, http = pretend
    gateway.status = 403
    person = await office.person(1, window=False)
    person.set_phone(NUMBER)
    await person.save()
    notice = await post(person, monday)
    await Notice.filter(id=notice).update(say="broadcasts.notice", facts='{"place":"桂花社区","message":"明天停水。"}')
    courier = office.courier(has_sms=True)
    courier.sms = HttpSms(Gateway(url, "x={words}"), http)
    assert await courier.deliver(notice, monday) == "told"
    assert (await Call.get()).way == "liaison"
    assert not courier.is_away
    gateway.status = 502
    await Account.all().update(window_until=None)
    other = await post(person, monday, once="other")
    await Notice.filter(id=other).update(say="broadcasts.notice", facts='{"place":"桂花社区","message":"明天停水。"}')
    assert await courier.deliver(other, monday) == "unknown"
    assert not courier.is_away
    books = await tallies()
    assert books["queued"] == sum(many for name, many in books.items() if name != "queued")
