"""Each code of the platform has one meaning here, and no failure shows a secret."""

from datetime import UTC, datetime

import pytest

from wechat.errors import (
    TABLE,
    UNKNOWN_CODE,
    Mark,
    OutcomeUnknown,
    Scope,
    Tell,
    Verdict,
    WeChatError,
    ruling_of,
    seconds_to_midnight,
)

VERDICTS = {
    **dict.fromkeys([0, 40241, 45065, 45080, 45081, 46003], Verdict.OK),
    **dict.fromkeys([40001, 40014, 42001], Verdict.REFRESH_TOKEN),
    **dict.fromkeys([-1, 45169, 45171, 268487001, 268487002, 40007], Verdict.RETRY),
    **dict.fromkeys([45009, 45011, 45028, 45066, 43117, 89504, 89505], Verdict.WAIT),
    **dict.fromkeys([40003, 43004, 43019, 48002, 50002, 50005, 49003, 70000, 65301, 9410012], Verdict.FINAL),
    **dict.fromkeys([43101, 45015, 45047], Verdict.OTHER_CHANNEL),
    **dict.fromkeys([40013, 40125, 40243, 40164, 89501, 89503, 89506, 89507], Verdict.STOP_AND_ALERT),
    **dict.fromkeys([50004, 50007, 61004, 48001, 48004, 48006], Verdict.STOP_AND_ALERT),
    **dict.fromkeys([40036, 40037, 40249, 43116], Verdict.STOP_AND_ALERT),
    **dict.fromkeys([40029, 40163, 42003, 40030, 42002, 42007], Verdict.RESTART_AUTH),
    **dict.fromkeys([41001, 40002, 41002, 41004, 40031, 40032, 40130, 45072, 40246, 40247], Verdict.OUR_BUG),
    **dict.fromkeys([47001, 47003, 40033, 40004, 40005, 40006, 40009, 43002, 43003, 44002], Verdict.OUR_BUG),
    **dict.fromkeys([44004, 45002, 45003, 45004, 45008, 45067, 45056, 45059, 45157, 45159], Verdict.OUR_BUG),
    **dict.fromkeys([*range(40016, 40028), 40054, 40055, 65303, 65316, 65320], Verdict.OUR_BUG),
    **dict.fromkeys([48021, 48022, 45062, 45113, 53404, 53505, 76001, 76022, 9410010], Verdict.OUR_BUG),
}


@pytest.mark.parametrize(("code", "verdict"), VERDICTS.items())
def test_each_code_has_its_verdict(code, verdict):
    assert WeChatError(code).verdict is verdict


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        (43004, Mark.UNFOLLOWED),
        (50005, Mark.UNFOLLOWED),
        (43019, Mark.UNWILLING),
        (43101, Mark.NO_GRANT),
        (45015, Mark.WINDOW_CLOSED),
        (45047, Mark.WINDOW_SPENT),
        (40003, Mark.NOTHING),
    ],
)
def test_what_a_code_tells_of_the_recipient(code, mark):
    assert ruling_of(code).mark is mark


@pytest.mark.parametrize(
    ("code", "scope"),
    [(40164, Scope.ACCOUNT), (48001, Scope.FEATURE), (43116, Scope.TEMPLATE), (89506, Scope.ACCOUNT)],
)
def test_how_far_a_stop_reaches(code, scope):
    assert (ruling_of(code).scope, ruling_of(code).tell) == (scope, Tell.OPERATOR)


def test_a_code_nobody_knows_is_final_and_told():
    assert 99999 not in TABLE
    assert ruling_of(99999) is UNKNOWN_CODE
    assert (UNKNOWN_CODE.verdict, UNKNOWN_CODE.tell) == (Verdict.FINAL, Tell.DEVELOPER)


def test_a_refused_secret_stops_the_account():
    assert ruling_of(40001, on_token_fetch=True).verdict is Verdict.STOP_AND_ALERT


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (datetime(2026, 3, 2, 0, 0, tzinfo=UTC), 16 * 3600),
        (datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 86_400),
    ],
    ids=["eight in the morning", "last second", "midnight"],
)
def test_a_days_quota_starts_anew_at_midnight_in_shanghai(moment, seconds):
    assert seconds_to_midnight(moment) == seconds
    assert ruling_of(45009).wait_seconds(moment) == seconds


def test_an_error_shows_code_path_and_rid_alone():
    errmsg = "invalid openid oDemo1 access_token=abc rid: 6123abcd-0123abcd-4567abcd"
    shown = str(WeChatError(40003, "/cgi-bin/message/custom/send", errmsg))
    assert shown == "WeChatError 40003 /cgi-bin/message/custom/send final rid=6123abcd-0123abcd-4567abcd"


def test_a_missing_whitelist_entry_shows_the_address():
    refusal = WeChatError(40164, "stable_token", "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist")
    assert refusal.ip == "203.0.113.7"
    assert "ip=203.0.113.7" in str(refusal)


def test_an_unknown_outcome_is_one():
    assert OutcomeUnknown("/x", 502).verdict is Verdict.UNKNOWN_OUTCOME
