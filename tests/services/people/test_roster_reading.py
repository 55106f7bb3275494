"""A branch's own list becomes drafts of members, with a sentence for each doubt (P15, domain.md 2.1)."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import texts
from kit.errors import Refusal
from kit.spreadsheets import Table, read_table
from services.people.roster_reading import Contact, KnownMember, MemberDraft, heading_words, match, read_roster
from services.people.roster_reading.headings import understand_heading

TODAY = date(2026, 11, 23)


def roster(headings, *rows):
    return read_roster(Table("花名册", [headings.split("|"), *(row.split("|") for row in rows)]), today=TODAY)


def one(headings, row):
    """The draft of a single row and the keys of what is said about it, without the file's name in front."""
    reading = roster(headings, row).rows[0]
    return reading.draft, [problem.key.removeprefix("roster.row_") for problem in reading.problems]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓  名", "name"),
        ("党员姓名*", "name"),
        ("性名", "name"),
        ("男女", "sex"),
        ("出生年月日", "birth"),
        ("出声日期", "birth"),
        ("农历生日", "birth"),
        ("联系电话\n（手机）", "phone"),
        ("电话2", "phone"),
        ("所在党支部", "branch"),
        ("原工作单位（退休前）", "unit"),
        ("现家庭住址", "address"),
        ("几栋", "building"),
        ("入党年月", "joined"),
        ("村（社区）", "community"),
        ("支部职务", "role"),
        ("是否独居（是/否）", "lives_alone"),
        ("特长爱好", "skills"),
        ("紧急联系人电话", "contact_phone"),
        ("配偶姓名", None),
        ("入党介绍人姓名", None),
        ("支部书记电话", None),
        ("书记", None),
    ],
)
def test_a_heading_is_known_in_the_wording_of_each_branch(heading, field):
    assert understand_heading(heading).field == field


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("身份证号码", "identity"),
        ("公民身份号码(18位)", "identity"),
        ("健康状况", "health"),
        ("是否低保", "hardship"),
        ("月党费", "private"),
        ("备注", "remark"),
        ("序号", "unneeded"),
        ("鞋码", "unknown"),
    ],
)
def test_what_we_do_not_hold_is_named_and_left_unread(heading, reason):
    found = roster(f"姓名|{heading}", "赵一禾|41").ignored
    assert [(column.letter, column.reason) for column in found] == [("B", reason)]
    assert texts.render(f"roster.column_{reason}", column="B", heading=heading)


def birth_of(text, heading="出生日期"):
    draft, problems = one(f"姓名|{heading}", f"赵一禾|{text}")
    return (draft.birth, draft.birth_calendar, draft.birth_leap), problems


@pytest.mark.parametrize(
    ("text", "heading", "birth"),
    [
        pytest.param("1946-02-09", "出生日期", ("1946-02-09", "solar", False), id="ISO"),
        pytest.param("1946年2月9日", "出生日期", ("1946-02-09", "solar", False), id="in full"),
        pytest.param("１９４６．２．９", "出生日期", ("1946-02-09", "solar", False), id="full width"),
        pytest.param("19460209", "出生日期", ("1946-02-09", "solar", False), id="eight digits"),
        pytest.param("农历1946年二月初九", "出生日期", ("1946-02-09", "lunar", False), id="lunar in words"),
        pytest.param("阴历46.2.9", "生日", ("1946-02-09", "lunar", False), id="lunar and short"),
        pytest.param("1946.2.9", "出生日期（农历）", ("1946-02-09", "lunar", False), id="lunar by its heading"),
        pytest.param("公历1946.2.9", "农历生日", ("1946-02-09", "solar", False), id="the cell outdoes the heading"),
        pytest.param("1950-02-30（农历）", "出生日期", ("1950-02-30", "lunar", False), id="lunar 30 February"),
        pytest.param("1944年闰四月十五", "出生日期", ("1944-04-15", "lunar", True), id="a leap month"),
        pytest.param("一九四六年腊月廿三", "出生日期", ("1946-12-23", "lunar", False), id="lunar by its words"),
        pytest.param("1946年2月9日（农历正月初八）", "出生日期", ("1946-02-09", "solar", False), id="both in a cell"),
    ],
)
def test_a_whole_birth_is_kept_as_told_in_its_own_calendar(text, heading, birth):
    assert birth_of(text, heading) == (birth, [])


@pytest.mark.parametrize(
    ("text", "birth", "problem"),
    [
        ("1946.02", "1946-02", "birth_day_missing"),
        ("46年3月", "1946-03", "birth_day_missing"),
        ("194602", "1946-02", "birth_day_missing"),
        ("1946", "1946", "birth_month_missing"),
        ("1946.1", "1946-01", "birth_month_unclear"),
        ("16842", "1946-02-09", "birth_serial"),
        ("二月初九", None, "birth_year_missing"),
        ("2006-02-09", "2006-02-09", "birth_unlikely"),
        ("1946-02-30", None, "birth_bad"),
        ("1946.13.2", None, "birth_bad"),
        ("农历1946年二月三十", None, "birth_bad"),
        ("属狗的", None, "birth_bad"),
        ("1945年闰四月十五", "1945-04-15", "birth_no_leap"),
        ("2027-01-01", "2027-01-01", "birth_future"),
    ],
)
def test_a_doubtful_birth_is_said(text, birth, problem):
    found, problems = birth_of(text)
    assert (found[0], problems[0]) == (birth, problem)


def test_two_births_of_one_day_become_the_lunar_one_and_of_two_days_the_solar():
    headings = "姓名|公历出生日期|农历生日"
    same, doubts = one(headings, "赵一禾|1946-03-12|二月初九")
    assert (same.birth, same.birth_calendar, doubts) == ("1946-02-09", "lunar", [])
    other, doubts = one(headings, "赵一禾|1946-03-13|二月初九")
    assert (other.birth, other.birth_calendar, doubts) == ("1946-03-13", "solar", ["birth_two"])


def test_a_column_of_its_own_may_name_the_calendar_and_the_leap_month():
    draft, problems = one("姓名|生日|农历/公历|是否闰月", "赵一禾|1944-04-15|农历|是")
    assert (draft.birth_calendar, draft.birth_leap, problems) == ("lunar", True, [])


@pytest.mark.parametrize(
    ("text", "phone", "problems"),
    [
        ("19900000001", "19900000001", []),
        ("199 0000-0001", "19900000001", []),
        ("+86 19900000001", "19900000001", []),
        ("１９９００００００１１", "19900000011", []),
        ("'19900000001", "19900000001", []),
        ("1.9900000001E+10", "19900000001", []),
        ("手机：19900000001", "19900000001", []),
        ("1.99E+10", None, ["phone_rounded"]),
        ("0512-66660001", "051266660001", ["phone_landline"]),
        ("(0512)66660001", "051266660001", ["phone_landline"]),
        ("66660001", "66660001", ["phone_landline"]),
        ("19900000001/19900000002", "19900000001", ["phone_several"]),
        ("1990000000", None, ["phone_bad"]),
        ("199000000012", None, ["phone_bad"]),
        ("问女儿", None, ["phone_bad"]),
        ("无", None, []),
        ("", None, []),
    ],
)
def test_a_phone_is_read_the_way_people_type_it(text, phone, problems):
    draft, found = one("姓名|电话", f"赵一禾|{text}")
    assert (draft.phone, found) == (phone, problems)


@pytest.mark.parametrize(
    ("text", "name", "problems"),
    [
        ("赵 一禾", "赵一禾", []),
        ("卫　燕", "卫燕", []),
        ("阿依•古丽", "阿依·古丽", []),
        ("钱𬭎", "钱𬭎", []),
        ("赵一禾（女）", "赵一禾", []),
        ("赵一禾同志", "赵一禾", []),
        ("赵一\ue123", "赵一\ue123", ["name_private_character"]),
        ("赵一禾2", None, ["name_bad"]),
        ("Wang", None, ["name_bad"]),
        ("=1+1", None, ["formula", "name_missing"]),
        ("#REF!", None, ["cell_error", "name_missing"]),
        ("", None, ["name_missing"]),
    ],
)
def test_a_name_is_cleaned_and_never_invented(text, name, problems):
    draft, found = one("姓名|性别", f"{text}|男")
    assert (draft and draft.name, found) == (name, problems)


@pytest.mark.parametrize(
    ("headings", "row", "home"),
    [
        ("小区|楼栋|单元|房号", "金桂花园|3|2|501", (None, "金桂花园", "3栋", "2单元501")),
        ("小区|楼栋|房号", "金桂花园|三号楼|501室", (None, "金桂花园", "3栋", "501")),
        ("小区|楼栋|房号", "金桂花园|3栋2单元|501", (None, "金桂花园", "3栋", "2单元501")),
        ("小区|楼栋|房号", "金桂花园|3#|2-501", (None, "金桂花园", "3栋", "2单元501")),
        ("家庭住址", "桂花社区金桂花园3栋2单元501室", ("桂花社区", "金桂花园", "3栋", "2单元501")),
        ("家庭住址", "东禾县青禾街道金桂花园12号楼501", (None, "金桂花园", "12栋", "501")),
        ("家庭住址", "春晖苑3-2-501", (None, "春晖苑", "3栋", "2单元501")),
        ("家庭住址", "石桥村", (None, "石桥村", None, None)),
    ],
)
def test_a_home_is_read_from_one_cell_or_several(headings, row, home):
    draft, _ = one(f"姓名|{headings}", f"赵一禾|{row}")
    assert (draft.community, draft.estate, draft.building, draft.room) == home


def test_a_row_fills_every_field_of_the_seed():
    reading = roster(
        "姓名|性别|入党时间|退休时间|独居|特长|职务|通知方式|紧急联系人|与本人关系|紧急联系人电话|原单位|党支部",
        "赵一禾|女|1970.07|2006-03-01|√|理发、下棋|支部书记|打电话|钱二梅|女儿|19900000002|县医院|金桂花园支部",
    ).rows[0]
    assert reading.draft == MemberDraft(
        name="赵一禾",
        sex="female",
        joined="1970-07",
        retires_on="2006-03-01",
        lives_alone=True,
        skills=("haircut", "下棋"),
        preferred_channel="phone",
        contacts=(Contact("钱二梅", "女儿", "19900000002"),),
        unit="县医院",
        branch="金桂花园支部",
    )
    assert (reading.roles, reading.status) == (("branch_secretary",), "ok")


@pytest.mark.parametrize(
    ("headings", "row", "problem"),
    [
        ("性别", "不男", "sex_unclear"),
        ("住址", "金桂花园1栋" * 21, "cell_too_long"),
        ("独居", "偶尔", "flag_unclear"),
        ("职务", "委员", "role_unclear"),
        ("入党时间", "解放前", "joined_bad"),
        ("入党时间", "1970.1", "joined_unclear"),
        ("生日|入党时间", "1946-02-09|1958-07-01", "joined_early"),
        ("退休时间", "早退了", "retires_bad"),
        ("电话", "620000194602090018 19900000001", "identity_removed"),
        ("备注", "2025年3月病故", "deceased"),
    ],
)
def test_each_doubt_has_its_sentence(headings, row, problem):
    reading = roster(f"姓名|{headings}", f"赵一禾|{row}").rows[0]
    found = {entry.key: entry for entry in reading.problems}[f"roster.row_{problem}"]
    assert texts.render(found.key, **found.facts)


def test_a_remark_about_a_dead_relative_marks_nobody_dead():
    assert one("姓名|备注", "赵一禾|老伴已故")[0].state is None
    assert one("姓名|备注", "赵一禾（已故）|")[0].state == "deceased"


def test_a_contact_in_one_cell_is_taken_apart():
    draft, problems = one("姓名|紧急联系人", "赵一禾|钱二梅（女儿）19900000002")
    assert (draft.contacts, problems) == ((Contact("钱二梅", "女儿", "19900000002"),), [])


def test_titles_totals_and_headings_repeated_are_not_people():
    rows = [
        ["东禾县退休党员花名册"],
        ["序号", "姓名", "电话"],
        ["第一党支部"],
        ["1", "赵一禾", "19900000001"],
        [],
        ["序号", "姓名", "电话"],
        ["第二党支部"],
        ["2", "钱二梅", "19900000002"],
        ["3", "", ""],
        ["合计", "2人"],
    ]
    reading = read_roster(Table("", rows), today=TODAY)
    people = [(row.number, row.draft.name, row.draft.branch) for row in reading.rows if row.draft]
    assert people == [(4, "赵一禾", "第一党支部"), (8, "钱二梅", "第二党支部")]
    assert [row.number for row in reading.rows if row.status == "note"] == [6, 10]
    assert not reading.is_blocked


def test_a_heading_of_two_lines_with_merged_groups_is_understood():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["党员花名册"])
    sheet.append(["姓名", "家庭住址", None, None, "紧急联系人", None, "配偶"])
    sheet.append([None, "小区", "楼栋", "房号", "姓名", "电话", "电话"])
    sheet.append(["赵一禾", "金桂花园", 3, 501, "钱二梅", 19900000002, 19900000003])
    for merged in ("A1:G1", "A2:A3", "B2:D2", "E2:F2"):
        sheet.merge_cells(merged)
    target = io.BytesIO()
    book.save(target)
    reading = read_roster(read_table(target.getvalue(), "a.xlsx", heading_words()), today=TODAY)
    draft = reading.rows[0].draft
    assert (draft.name, draft.building, draft.phone) == ("赵一禾", "3栋", None)
    assert draft.contacts == (Contact("钱二梅", None, "19900000002"),)


def test_the_second_row_of_one_person_is_a_double_and_a_bare_namesake_is_asked_about():
    reading = roster(
        "姓名|电话|生日",
        "赵一禾|19900000001|1946-02-09",
        "赵一禾||1946-02-09",
        "赵一禾|19900000009|1950-01-01",
        "钱二梅||",
        "钱二梅||",
    )
    assert [row.status for row in reading.rows] == ["ok", "duplicate", "ok", "ok", "error"]
    assert reading.rows[1].problems[-1].facts == {"other": 2}
    assert reading.counts() == {"rows": 5, "ok": 3, "warnings": 0, "errors": 1, "duplicates": 1}


def test_one_bad_row_keeps_all_out_until_it_is_skipped():
    reading = roster("姓名|电话", "赵一禾|19900000001", "钱二梅|123")
    with pytest.raises(ValueError, match="neither mended nor skipped"):
        reading.applicable()
    assert [draft.name for draft in reading.applicable(frozenset({3}))] == ["赵一禾"]


@pytest.mark.parametrize(
    ("rows", "key"),
    [([["电话", "住址"]], "roster.no_heading"), ([["姓名", "电话"], ["合计", "0"]], "roster.no_people")],
)
def test_a_table_that_is_no_roster_is_refused(rows, key):
    with pytest.raises(Refusal) as caught:
        read_roster(Table("", rows), today=TODAY)
    assert caught.value.key == key


WORDS = sorted(heading_words())
CELLS = st.one_of(
    st.sampled_from(["赵一禾", "1946.02", "农历46.2.9", "闰四月", "3栋", "=1", "#REF!", "初十", "0", "1990000-02-30"]),
    st.text(max_size=12),
    st.text("0123456789.-年月日初十廿闰农历", max_size=14),
)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.lists(st.lists(CELLS, max_size=7), max_size=4),
)
def test_whatever_stands_in_the_cells_each_row_is_accounted_for(headings, rows):
    known = ["赵一禾", "19900000001"]
    reading = read_roster(Table("", [["姓名", *headings], *rows, known]), today=TODAY)
    for row in reading.rows:
        assert row.draft or row.problems
        for problem in row.problems:
            assert texts.render(problem.key, **problem.facts)


HELD = MemberDraft("赵一禾", phone="19900000001", birth="1946-02-09", birth_calendar="lunar", branch="金桂花园支部")
NAMESAKE = MemberDraft("赵一禾", phone="19900000008", birth="1950-05-05", branch="春晖苑支部")


@pytest.mark.parametrize(
    ("draft", "verdict", "candidates", "changes"),
    [
        pytest.param(HELD, "same", (1,), {}, id="nothing new"),
        pytest.param(MemberDraft("赵一禾", phone="19900000001"), "same", (1,), {}, id="blank erases nothing"),
        pytest.param(
            MemberDraft("赵一禾", phone="19900000001", room="501"),
            "update",
            (1,),
            {"room": (None, "501")},
            id="phone",
        ),
        pytest.param(
            MemberDraft("赵一禾", phone="19900000077", birth="1946-02-09", birth_calendar="lunar"),
            *("update", (1,), {"phone": ("19900000001", "19900000077")}),
            id="a new phone, known by birth",
        ),
        pytest.param(
            MemberDraft("赵一禾", branch="金桂花园支部", birth="1946-02", birth_calendar="lunar"),
            *("same", (1,), {}),
            id="branch, and a rougher birth",
        ),
        pytest.param(
            MemberDraft("赵一禾", branch="金桂花园支部", phone="19900000055"),
            "ambiguous",
            (1,),
            {},
            id="other phone",
        ),
        pytest.param(MemberDraft("赵一禾"), "ambiguous", (1, 2), {}, id="only a name"),
        pytest.param(MemberDraft("赵一禾", phone="19900000099"), "new", (), {}, id="a third of the name"),
        pytest.param(MemberDraft("钱二梅", phone="19900000001"), "new", (), {}, id="a couple with one phone"),
    ],
)
def test_a_draft_finds_its_member_or_asks(draft, verdict, candidates, changes):
    found = match([draft], [KnownMember(1, HELD), KnownMember(2, NAMESAKE)]).matches[0]
    assert (found.verdict, found.candidates) == (verdict, candidates)
    assert {change.field: (change.old, change.new) for change in found.changes} == changes


def test_two_rows_never_claim_one_member():
    plan = match([HELD, MemberDraft("赵一禾", branch="金桂花园支部")], [KnownMember(1, HELD)])
    assert [found.verdict for found in plan.matches] == ["same", "ambiguous"]
