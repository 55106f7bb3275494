"""The days people name when they say how long they rest, or when a duty begins and ends."""

from __future__ import annotations

from datetime import date

import pytest

from conversation.understanding.dates import day_until, named_days

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("先歇到三月", date(2027, 3, 1)),
        ("歇到12月", date(2026, 12, 1)),
        ("歇到十二月底", date(2026, 12, 31)),
        ("歇到明年三月底", date(2027, 3, 31)),
        ("歇到二月中旬", date(2027, 2, 15)),
        ("十一月三十号回来", date(2026, 11, 30)),
        ("歇到月底", date(2026, 11, 30)),
        ("到25号", date(2026, 11, 25)),
        ("到5号", date(2026, 12, 5)),
        ("下个月十五号", date(2026, 12, 15)),
        ("我3号岗歇到三月", date(2027, 3, 1)),
        ("歇两个月", date(2027, 1, 22)),
        ("歇两月", date(2027, 1, 22)),
        ("停半个月", date(2026, 12, 7)),
        ("歇两个星期", date(2026, 12, 6)),
        ("停10天", date(2026, 12, 2)),
        ("半年", date(2027, 5, 22)),
        ("停一年", date(2027, 11, 22)),
        ("过完年再说", date(2027, 2, 21)),
        ("歇到今天", None),
        ("长期", None),
        ("歇一歇", None),
        ("歇到2月30号", None),
        ("歇到13月", None),
    ],
)
def test_until_when_somebody_rests(said: str, day: date | None) -> None:
    assert day_until(said, SUNDAY) == day


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("12月1日到12月15日", [date(2026, 12, 1), date(2026, 12, 15)]),
        ("12月1日到7日", [date(2026, 12, 1), date(2026, 12, 7)]),
        ("12月31日到1月3日", [date(2026, 12, 31), date(2027, 1, 3)]),
        ("2027年10月1日至10月7日", [date(2027, 10, 1), date(2027, 10, 7)]),
        ("明天到后天", [date(2026, 11, 23), date(2026, 11, 24)]),
        ("从12月1号起半个月", [date(2026, 12, 1), date(2026, 12, 16)]),
        ("今晚", [SUNDAY]),
        ("长期", []),
    ],
)
def test_from_when_until_when(said: str, days: list[date]) -> None:
    assert named_days(said, SUNDAY) == days


def test_a_month_ends_where_it_ends() -> None:
    assert day_until("歇一个月", date(2027, 1, 31)) == date(2027, 2, 28)
