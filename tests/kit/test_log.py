"""No secret and no query string reaches a log line."""

from __future__ import annotations

import pytest

from kit.log import redact


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("GET https://api.weixin.qq.com/cgi-bin/user?access_token=abc&openid=o1", "GET https://api.weixin.qq.com/cgi-bin/user?…"),
        ("failed: access_token=abc123 refused", "failed: access_token=… refused"),
        ("appsecret=xyz&next=1", "appsecret=…&next=1"),
        ("visit.escalated visit=42", "visit.escalated visit=42"),
    ],
    ids=["address", "token", "secret", "nothing secret"],
)  # fmt: skip
def test_what_a_line_shows(written: str, shown: str) -> None:
    assert redact(written) == shown


@pytest.mark.parametrize(
    "said",
    ["phone: Length of '赵一禾oZhao' 300 > 64", "DETAIL:  Key (openid, name)=(oZhao, 赵一禾) already exists."],
    ids=["too long", "there already"],
)
def test_a_value_the_database_refused_stays_out_of_the_log(said: str) -> None:
    assert "oZhao" not in redact(said)
    assert "赵一禾" not in redact(said)
