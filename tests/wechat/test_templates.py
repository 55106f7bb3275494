"""Values of templates fit their types, or are refused before the platform does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.templates import UnfitValue, fit_value, fit_values, kind_of, placeholders

FITS = [
    ("thing1", "桂花社区党委", "桂花社区党委"),
    ("thing1", "一" * 20, "一" * 20),
    ("thing1", "一" * 21, "一" * 19 + "…"),
    ("thing12", "第一行\n第二行\t完", "第一行 第二行 完"),
    ("thing1", "", "-"),
    ("thing1", "\u200b\x00 ", "-"),
    ("short_thing1", "三楼活动室东", "三楼活动…"),
    ("character_string1", "A-001 报到", "A-001"),
    ("character_string1", "x" * 40, "x" * 32),
    ("number1", "共 12.5 分", "12.5"),
    ("letter1", "abc1中", "abc"),
    ("symbol1", "!!!!!!!", "!!!!!"),
    ("phone_number1", "电话 199-0000-0001 转 2", "199-0000-0001  2"),
    ("car_number1", "粤A8Z888挂车", "粤A8Z888挂"),
    ("name1", "赵一禾", "赵一禾"),
    ("name1", "买买提·吐尔逊", "买买提·吐尔逊"),
    ("name1", "赵一禾（书记）", "赵一禾书记"),
    ("name1", "John Smith", "John Smith"),
    ("name1", "二" * 12, "二" * 10),
    ("phrase1", "已经通过审核了", "已经通过审"),
    ("phrase1", "OK 通过", "通过"),
    ("const1", "报到", "报到"),
    ("time1", "15:01", "15:01"),
    ("time2", "2026年3月2日 15:01", "2026年3月2日 15:01"),
    ("date3", "2026年3月2日", "2026年3月2日"),
    ("time4", "2026年3月2日 9:00~2026年3月2日 11:30", "2026年3月2日 9:00~2026年3月2日 11:30"),
    ("amount1", "¥100.00", "¥100.00"),
    ("amount1", "100元", "100元"),
]


@pytest.mark.parametrize(("key", "value", "fit"), FITS)
def test_a_value_is_made_to_fit_its_type(key, value, fit):
    assert fit_value(key, value) == fit


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("time1", "下午三点"),
        ("time1", ""),
        ("date1", "2026-03-02"),
        ("time1", "25:00"),
        ("amount1", "一百元"),
    ],
)
def test_a_value_no_cutting_helps_is_refused(key, value):
    with pytest.raises(UnfitValue) as unfit:
        fit_values({key: value})
    assert unfit.value.key == key
    assert not value or value not in str(unfit.value)


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        ("报到人:{{thing1.DATA}}\n时间:{{ time2.DATA }}\n{{thing1.DATA}}", ("thing1", "time2")),
        ("{{first.DATA}}", ("first",)),
        ("", ()),
    ],
)
def test_a_templates_keys_are_read_from_its_content(content, keys):
    assert placeholders(content) == keys


@pytest.mark.parametrize(
    ("key", "kind"), [("thing1", "thing"), ("character_string12", "character_string"), ("first", "first")]
)
def test_the_type_is_in_the_key(key, kind):
    assert kind_of(key) == kind


@given(
    st.sampled_from(["thing1", "name1", "phrase1", "character_string1", "phone_number1"]),
    st.text(max_size=50),
)
def test_no_text_makes_a_value_too_long_or_empty(key, value):
    fit = fit_value(key, value)
    assert 0 < len(fit) <= {"thing1": 20, "name1": 20, "phrase1": 5, "character_string1": 32}.get(key, 17)
    assert "\n" not in fit
