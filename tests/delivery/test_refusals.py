"""What follows a refusal: the error table of the platform, read as steps of ours."""

from __future__ import annotations

import pytest

from delivery.policy import DeliveryPolicy
from delivery.refusals import Try, after_refusal, shut_by
from wechat.errors import OutcomeUnknown, QuotaSpent, Throttled, TokenUnavailable, Unreachable, WeChatError

SEND = "/cgi-bin/message/custom/send"
CHAT, FORM = Try("customer", 1), Try("template", 1)
ALARM, LATE = Try("customer", 1, True), Try("customer", 1, True, True)
CASES = {
    "chat without an answer": (OutcomeUnknown(SEND), CHAT, "unknown", 0),
    "form without an answer": (OutcomeUnknown(SEND), FORM, "resend", 20),
    "token without an answer": (OutcomeUnknown("/cgi-bin/stable_token"), CHAT, "away", 0),
    "did not leave": (Unreachable(SEND), CHAT, "away", 0),
    "no token to be had": (TokenUnavailable(12), CHAT, "away", 0),
    "a form met a busy system": (WeChatError(-1, SEND), FORM, "resend", 5),
    "busy for the sixth time": (WeChatError(-1, SEND), Try("template", 6), "other", 0),
    "our own meter": (QuotaSpent(SEND, 3), CHAT, "again", 3),
    "turned away at the gate": (Throttled(SEND, 7), CHAT, "again", 7),
    "an alarm turned away for a minute": (Throttled(SEND, 60), ALARM, "other", 0),
    "an alarm waits a moment": (QuotaSpent(SEND, 3), ALARM, "again", 3),
    "an alarm waits no minute": (WeChatError(45011, SEND), ALARM, "other", 0),
    "an alarm that is late": (QuotaSpent(SEND, 3), LATE, "other", 0),
    "the day's quota, nine in the morning": (WeChatError(45009, SEND), CHAT, "again", 15 * 3600),
    "the account is stopped": (WeChatError(50007, SEND), CHAT, "again", 600),
    "a template is banned": (WeChatError(43116, SEND), FORM, "other", 0),
    "no grant": (WeChatError(43101, SEND), Try("subscription", 1), "other", 0),
    "the window is over": (WeChatError(45015, SEND), CHAT, "other", 0),
    "our bug": (WeChatError(47003, SEND), FORM, "other", 0),
}


@pytest.mark.parametrize(("refusal", "tried", "step", "wait"), CASES.values(), ids=CASES.keys())
def test_what_follows(monday, refusal, tried, step, wait):
    after = after_refusal(refusal, tried, monday, DeliveryPolicy(), jitter=lambda: 0.0)
    assert (after.step, after.wait) == (step, wait)


def test_pauses_grow(monday):
    tries = [Try("template", number) for number in range(1, 6)]
    waits = [after_refusal(WeChatError(-1, SEND), one, monday, DeliveryPolicy(), lambda: 0.0).wait for one in tries]
    assert waits == [5, 15, 30, 60, 120]


def test_who_does_not_want_us_is_left_alone_on_every_way():
    assert len(shut_by(WeChatError(48002, SEND), "customer", "o1")) == 4
    assert shut_by(WeChatError(45015, SEND), "customer", "o1") == {("customer", "o1")}
