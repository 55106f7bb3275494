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
