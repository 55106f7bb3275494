"""Which way a notice goes: a table of cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

import texts
from delivery.policy import DeliveryPolicy, Line, Matter, Reach, Step, Template, choose_way

HOURS = timedelta(hours=1)
BARE = DeliveryPolicy()
FORMS = DeliveryPolicy(templates={"visit": Template("T1")}, subscriptions={"visit": Template("S1")})


def line(now, **known):
    return Line("o1", **({"window_until": now + HOURS, "allowance": 5} | known))


S1, O1 = frozenset({"S1"}), frozenset({("customer", "o1")})
CASES = {
    "inside the window with allowance": (Matter(), {}, BARE, (Step.SEND, "customer", "window")),
    "the window is over": (Matter(), {"window": -1}, BARE, (Step.TELL, "liaison", "no_window")),
    "the allowance is spent": (Matter(), {"allowance": 0}, BARE, (Step.TELL, "liaison", "spent")),
    "unfollowed": (Matter(), {"follows": False}, FORMS, (Step.TELL, "liaison", "unfollowed")),
    "a grant before a template": (
        Matter("visit"), {"window": -1, "grants": S1}, FORMS, (Step.SEND, "subscription", "granted"),
    ),
    "a template without grant": (Matter("visit"), {"window": -1}, FORMS, (Step.SEND, "template", "template")),
    "no template of this topic": (Matter("points"), {"window": -1}, FORMS, (Step.TELL, "liaison", "no_window")),
    "chat refused, template next": (Matter("visit", shut=O1), {}, FORMS, (Step.SEND, "template", "template")),
    "chat refused, no template": (Matter(shut=O1), {}, BARE, (Step.TELL, "liaison", "refused")),
    "a greeting outside the window": (Matter("greeting"), {"window": -1}, FORMS, (Step.EXPIRE, None, "greeting")),
    "a picture waits for the person": (Matter(has_picture=True), {"window": -1}, FORMS, (Step.WAIT, None, "picture")),
    "dead": (Matter("emergency"), {"state": "deceased"}, BARE, (Step.STOP, None, "deceased")),
    "withdrawn": (Matter(), {"state": "withdrawn"}, BARE, (Step.STOP, None, "withdrawn")),
    "a death is reported": (Matter(), {"state": "death_reported"}, BARE, (Step.WAIT, None, "held")),
    "an alarm though one is reported": (
        Matter("emergency"), {"state": "death_reported"}, BARE, (Step.SEND, "customer", "window"),
    ),
    "opted out of the topic": (
        Matter("points"), {"opted_out": frozenset({"points"})}, BARE, (Step.STOP, None, "opted_out"),
    ),
    "three today": (Matter(), {"pushes": 3}, BARE, (Step.WAIT, None, "cap")),
    "an answer is no push": (Matter(in_reply=True), {"pushes": 3}, BARE, (Step.SEND, "customer", "window")),
    "an emergency passes the cap": (Matter("emergency"), {"pushes": 3}, BARE, (Step.SEND, "customer", "window")),
    "nobody to tell rings no telephone": (
        Matter(), {"window": -1, "pushes": 3}, BARE, (Step.TELL, "liaison", "no_window"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("matter", "known", "policy", "expected"), CASES.values(), ids=CASES.keys())
def test_the_way(monday, matter, known, policy, expected):
    at = {"window_until": monday + known.get("window", 1) * HOURS, "allowance": known.get("allowance", 5)}
    one = Line("o1", follows=known.get("follows", True), grants=known.get("grants", frozenset()), **at)
    pushes = tuple(monday - timedelta(minutes=number) for number in range(known.get("pushes", 0)))
    reach = Reach((one,), known.get("state", "active"), known.get("opted_out", frozenset()), pushes)
    way = choose_way(matter, reach, monday, policy)
    assert (way.step, way.channel, way.why) == (*expected[:2], f"delivery.why_{expected[2]}")


@pytest.mark.parametrize(
    ("hour", "topic", "expected"),
    [
        (9, "service", 9),
        (12, "service", 14),
        (13, "emergency", 13),
        (21, "service", 31.5),
        (23, "same_day_shift", 23),
    ],
)
def test_quiet_hours(monday, hour, topic, expected):
    now = monday + (hour - 9) * HOURS
    reach = Reach((line(now, window_until=now + 48 * HOURS),))
    way = choose_way(Matter(topic), reach, now, BARE)
    assert (way.until or now) == monday + (expected - 9) * HOURS


def test_a_greeting_waits_for_the_person_as_long_as_its_day_lasts(monday):
    matter = Matter("greeting", expires_at=monday + 8 * HOURS)
    way = choose_way(matter, Reach((line(monday, allowance=0),)), monday, BARE)
    assert (way.step, way.until) == (Step.WAIT, monday + 8 * HOURS)
    assert choose_way(matter, Reach(), monday, BARE).step is Step.EXPIRE


def test_what_is_over_is_not_sent(monday):
    matter = Matter(expires_at=monday)
    assert choose_way(matter, Reach((line(monday),)), monday, BARE).step is Step.EXPIRE


def test_every_reason_is_a_sentence():
    for key in (f"delivery.why_{expected[2]}" for *_, expected in CASES.values()):
        assert texts.sentence(key)
