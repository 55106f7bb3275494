"""The letters a name begins with, from a table instead of a dictionary."""

from __future__ import annotations

import pytest
from pypinyin import Style, pinyin

from texts.initials import initials_of


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("赵一禾", "zyh"),
        ("李四友", "lsy"),
        ("单晓梅", "sxm"),
        ("曾长江", "zcj"),
        ("尉迟恭", "ycg"),
        ("欧阳十锦", "oysj"),
        ("阿依古丽·五星", "ayglwx"),
        ("Anna", ""),
        ("", ""),
    ],
)
def test_a_name_begins_with_these_letters(name: str, letters: str) -> None:
    assert initials_of(name) == letters


def test_a_name_longer_than_the_column_is_cut() -> None:
    assert len(initials_of("赵" * 40)) == 20


def test_the_table_says_what_the_dictionary_says() -> None:
    signs = "王百川钱二梅孙三木周五常吴六合郑七巧冯九思陈十全婷瑾珺媛琦淑芬桂英建国"
    assert initials_of("国" + signs)[1:] == "".join(pinyin(one, style=Style.FIRST_LETTER)[0][0] for one in signs)[:19]
