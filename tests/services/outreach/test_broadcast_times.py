"""When a notice is to go out, as secretaries say it: a table."""

from __future__ import annotations

import pytest

from kit.clock import local
from kit.errors import Refusal
from services.outreach.broadcasts.timing import said_moment


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("明天上午9点", "10-13 09:00"),
        ("周五下午3点半", "10-16 15:30"),
        ("下周一早上八点一刻", "10-19 08:15"),
        ("10月15日8点半", "10-15 08:30"),
        ("后天晚上7点", "10-14 19:00"),
        ("下午三点", "10-12 15:00"),
        ("8点", "10-13 08:00"),
        ("星期天10点", "10-18 10:00"),
        ("明天 8:30", "10-13 08:30"),
        ("礼拜三 下午 2点20分", "10-14 14:20"),
    ],
)
def test_a_moment(monday, said, expected):
    assert f"{local(said_moment(said, monday)):%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("said", "why"),
    [("随便", "when_wanted"), ("明天", "when_wanted"), ("二十五点", "when_wanted"), ("今天8点", "when_past"),
     ("明年10月1日9点", "when_far")],
)  # fmt: skip
def test_no_moment(monday, said, why):
    with pytest.raises(Refusal, match=why):
        said_moment(said, monday)
