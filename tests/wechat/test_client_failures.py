"""The client believes no HTTP 200, never sends twice by itself, and shows no secret in any failure."""

import asyncio
import logging
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from tests.wechat.peer import APP_ID, NOW, OPENID, SECRET
from wechat import payloads
from wechat.client import Credentials, TemplateMessage, WeChatClient, stable_token_fetcher
from wechat.client.transport import Request
from wechat.errors import OutcomeUnknown, QuotaSpent, Throttled, Unreachable, Verdict, WeChatError
from wechat.limits import Limits, MemoryQuotaLedger
from wechat.token import MemoryTokenStore, TokenHolder

CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
INFO = "/cgi-bin/user/info"
BUSY = {"errcode": -1, "errmsg": "system error"}
NOTE = TemplateMessage("t1", {"thing1": "桂花社区", "time2": "15:01"}, "http://a/m/1", "n-1")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (45015, Verdict.OTHER_CHANNEL),
        (43004, Verdict.FINAL),
        (48001, Verdict.STOP_AND_ALERT),
        (47003, Verdict.OUR_BUG),
    ],
)
async def test_http_200_with_a_code_is_a_failure(client, responder, code, verdict):
    responder.on(TEMPLATE, {"errcode": code, "errmsg": "no rid: 6123abcd-0123abcd-4567abcd"})
    with pytest.raises(WeChatError) as refused:
        await client.send_template(OPENID, NOTE)
    assert (refused.value.code, refused.value.verdict) == (code, verdict)
    assert refused.value.rid == "6123abcd-0123abcd-4567abcd"
    assert len(responder.calls(TEMPLATE)) == 1


async def test_nobody_there_is_said_though_the_token_rests_after_its_fetch():
    async with aiohttp.ClientSession() as http:
        nobody = Credentials(APP_ID, SECRET, "http://127.0.0.1:9")
        tokens = TokenHolder(MemoryTokenStore(), stable_token_fetcher(http, nobody), lambda: float(NOW), patience=0.1)
        client = WeChatClient(
            http, nobody, tokens, Limits(MemoryQuotaLedger(), lambda: datetime.fromtimestamp(NOW, UTC))
        )
        with pytest.raises(Unreachable):
            await client.callback_ip()


async def hang(_request):
    await asyncio.sleep(1)
    return web.Response()


async def cut(request):
    request.transport.close()
    return web.Response()


async def half(request):
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"errcode":')
    request.transport.close()
    return response


def elsewhere(_request=None):
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/stolen"})


LOST = {
    "gateway error": 502,
    "server error": 500,
    "no json": b"<html>",
    "nothing": b"",
    "a list": b"[]",
    "cut off": cut,
    "half an answer": half,
    "sent elsewhere": elsewhere(),
    "busy": BUSY,
    "code of no kind": {"errcode": "x", "errmsg": ""},
}


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST.keys())
async def test_a_send_whose_answer_is_lost_is_unknown_and_not_repeated(client, responder, answer):
    responder.on(CUSTOM, answer)
    with pytest.raises(OutcomeUnknown) as lost:
        await client.send_customer(OPENID, payloads.Text("好"))
    assert lost.value.verdict is Verdict.UNKNOWN_OUTCOME
    assert len(responder.calls(CUSTOM)) == 1


async def test_a_busy_platform_lets_a_send_with_an_id_be_tried_again_by_its_owner(client, responder):
    responder.on(TEMPLATE, BUSY)
    with pytest.raises(WeChatError) as busy:
        await client.send_template(OPENID, NOTE)
    assert busy.value.verdict is Verdict.RETRY
    assert len(responder.calls(TEMPLATE)) == 1


@pytest.mark.parametrize("answer", [502, b"<html>", cut, BUSY], ids=["502", "html", "cut", "busy"])
async def test_a_question_is_asked_again(client, responder, answer):
    responder.on(INFO, answer, {"openid": OPENID, "subscribe": 1})
    assert (await client.user_info(OPENID)).follows
    assert 2 <= len(responder.calls(INFO)) <= 3


async def test_a_question_is_not_asked_for_ever(client, responder):
    responder.on(INFO, 503)
    with pytest.raises(OutcomeUnknown):
        await client.user_info(OPENID)
    assert len(responder.calls(INFO)) == 3


async def test_a_slow_platform_is_left(client, responder):
    responder.on(CUSTOM, hang)
    with pytest.raises(OutcomeUnknown):
        await client._transport.exchange(Request(CUSTOM, body={}, seconds=0.2), {"access_token": responder.token})


async def test_a_call_that_never_left_is_unreachable(hand, responder, unused_tcp_port):
    hand.client._transport._base = f"http://127.0.0.1:{unused_tcp_port}"
    await hand.client._tokens.get()
    with pytest.raises(Unreachable) as away:
        await hand.client.send_customer(OPENID, payloads.Text("好"))
    assert away.value.verdict is Verdict.RETRY


async def test_a_connection_that_closed_before_the_request_was_written_is_unreachable(client, responder):
    transport = client._transport
    await client.send_customer(OPENID, payloads.Text("好"))
    for held in [one for pool in transport._http.connector._conns.values() for one, _ in pool]:
        held.transport.close()
        # The pool believes that it is there, as in the moment before the loop hears of the end.
        held._should_close, held.is_connected = False, lambda: True
    with pytest.raises(Unreachable):
        await client.send_customer(OPENID, payloads.Text("好"))
    assert len(responder.calls(CUSTOM)) == 1


async def test_a_gateway_that_turns_away_is_left_in_peace_and_longer_each_time(client, responder):
    responder.on(CUSTOM, web.Response(status=429, headers={"Retry-After": "3"}))
    with pytest.raises(Throttled) as busy:
        await client.send_customer(OPENID, payloads.Text("好"))
    assert (busy.value.verdict, busy.value.ruling.wait) == (Verdict.WAIT, 3)
    with pytest.raises(QuotaSpent):
        await client.send_customer(OPENID, payloads.Text("好"))
    assert len(responder.calls(CUSTOM)) == 1


@pytest.mark.parametrize(("asked", "seconds"), [("", 5), ("0", 1), ("30", 30), ("99999", 600), ("Wed, 21 Oct", 5)])
async def test_how_long_a_gateway_may_ask_for_rest(client, responder, asked, seconds):
    responder.on(CUSTOM, web.Response(status=429, headers={"Retry-After": asked}))
    with pytest.raises(Throttled) as busy:
        await client.send_customer(OPENID, payloads.Text("好"))
    assert busy.value.ruling.wait == seconds


async def test_fifty_sends_under_an_old_token_make_one_fetch(client, responder):
    await client.send_customer(OPENID, payloads.Text("好"))
    responder.tokens = ["token-2"]
    responder.token = "voided elsewhere"
    await asyncio.gather(*(client.send_customer(OPENID, payloads.Text(str(n))) for n in range(50)))
    assert [fetch["force_refresh"] for fetch in responder.fetches] == [False, False]
    accepted = [query for query, _ in responder.calls(CUSTOM) if query["access_token"] == "token-2"]
    assert len(accepted) == 50


async def test_a_token_that_stays_refused_is_bounded(client, responder, hand):
    refusal = {"errcode": 40001, "errmsg": "invalid credential"}
    responder.on(CUSTOM, refusal)
    for _ in range(5):
        with pytest.raises(WeChatError) as stuck:
            await client.send_customer(OPENID, payloads.Text("好"))
        assert stuck.value.verdict is Verdict.WAIT
    assert len(responder.fetches) <= 5
    assert len(responder.calls(CUSTOM)) <= 10
    assert [fetch["force_refresh"] for fetch in responder.fetches].count(True) <= 1


async def test_a_wrong_secret_stops_the_account(client, responder):
    async def refuse(_request):
        return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})

    responder._give_token = refuse
    with pytest.raises(WeChatError) as refused:
        await client.send_customer(OPENID, payloads.Text("好"))
    assert refused.value.verdict is Verdict.STOP_AND_ALERT
    assert responder.asked == []


async def test_the_daily_refusal_closes_the_api(client, responder):
    responder.on(CUSTOM, {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    with pytest.raises(WeChatError):
        await client.send_customer(OPENID, payloads.Text("好"))
    with pytest.raises(QuotaSpent):
        await client.send_customer(OPENID, payloads.Text("好"))
    assert len(responder.calls(CUSTOM)) == 1


@pytest.mark.parametrize(
    "answer", [502, cut, b"<html>", {"errcode": 40003, "errmsg": "bad openid access_token=token-1"}]
)
async def test_no_failure_and_no_log_shows_a_secret(client, responder, caplog, capsys, answer):
    caplog.set_level(logging.DEBUG)
    responder.on(CUSTOM, answer)
    responder.on("/sns/oauth2/access_token", answer)
    for call in (client.send_customer(OPENID, payloads.Text("私密")), client.oauth_exchange("code-1")):
        with pytest.raises(WeChatError) as failure:
            await call
        chain, shown = failure.value, ""
        while chain is not None:
            shown += f"{chain!s} {chain!r} {chain.args!r}"
            chain = chain.__cause__ or chain.__context__
        out = capsys.readouterr()
        told = shown + out.out + out.err + "".join(r.getMessage() for r in caplog.records if "aiohttp" not in r.name)
        for secret in ("token-1", SECRET, OPENID, "code-1", "私密"):
            assert secret not in told


async def test_a_failure_carries_no_exception_that_knows_the_address(client, responder):
    responder.on(CUSTOM, cut)
    with pytest.raises(OutcomeUnknown) as lost:
        await client.send_customer(OPENID, payloads.Text("好"))
    assert lost.value.__context__ is None
    assert lost.value.__cause__ is None


async def test_the_secret_never_rides_in_the_address_of_the_token(client, responder):
    await client.callback_ip()
    assert responder.fetches[0]["secret"] == SECRET
    assert SECRET not in repr(Credentials(APP_ID, SECRET))
