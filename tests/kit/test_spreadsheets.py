"""Foreign spreadsheets become plain text within limits, and our own never run anything (X18, X19, P15)."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Refusal
from kit.spreadsheets import read_table, read_table_apart, write_csv, write_xlsx

HEADING = ["姓名", "电话"]


def xlsx(*rows, title="Sheet1", adorn=None):
    """A workbook as openpyxl saves it; `adorn` may do more to the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if adorn:
        adorn(sheet)
    return saved(book)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content, **changed):
    """The same xlsx with some parts replaced, added, or made by a function of the old part."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            change = changed.pop(name, None)
            new.writestr(name, change(part) if callable(change) else part if change is None else change)
        for name, part in changed.items():
            new.writestr(name, part)
    return target.getvalue()


def refusal(content, filename="roster.xlsx"):
    with pytest.raises(Refusal) as caught:
        read_table(content, filename)
    return caught.value.key


def outcome(content, filename):
    """The key of the refusal, or `roster.read`; any other exception comes through."""
    try:
        read_table(content, filename)
    except Refusal as refused:
        return refused.key
    return "roster.read"


SHEET = "xl/worksheets/sheet1.xml"


def test_a_roster_as_excel_saves_it_is_read_row_by_row_with_its_blank_rows():
    content = xlsx(["东禾县党员花名册"], HEADING, ["赵一禾", "19900000001"], [], ["钱二梅", 19900000002])
    table = read_table(content, "名册.XLSX")
    assert table.rows == [
        ["东禾县党员花名册"],
        HEADING,
        ["赵一禾", "19900000001"],
        [],
        ["钱二梅", "19900000002"],
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        pytest.param(1.9900000001e10, "General", "19900000001", id="a phone kept as a number"),
        pytest.param(19900000001, "0.00E+00", "19900000001", id="a phone shown in scientific form"),
        pytest.param(5120001, "00000000", "05120001", id="leading zeros given by the format"),
        pytest.param(date(1946, 2, 9), "yyyy-mm-dd", "1946-02-09", id="a date"),
        pytest.param(date(1946, 2, 1), 'yyyy"年"m"月"', "1946-02", id="a month that Excel made the first"),
        pytest.param(date(1946, 2, 1), "mmm-yy", "1946-02", id="a month in English form"),
        pytest.param(date(1946, 2, 9), 'yyyy"年"m"月"', "1946-02-09", id="a day that the format hides"),
        pytest.param(date(2026, 2, 9), 'm"月"d"日"', "02-09", id="a day to which Excel added this year"),
        pytest.param(1946.1, "0.00", "1946.10", id="October under two decimals"),
        pytest.param(1946.1, "General", "1946.1", id="October or January"),
        pytest.param(1946.02, "General", "1946.02", id="February with a point"),
        pytest.param(True, "General", "TRUE", id="a ticked box"),
        pytest.param("  赵 一禾\r\n", "General", "赵 一禾", id="text is trimmed outside only"),
    ],
)
def test_a_cell_says_what_its_author_meant(value, number_format, text):
    def set_cell(sheet):
        sheet["A2"].value = value
        sheet["A2"].number_format = number_format

    assert read_table(xlsx(["x"], adorn=set_cell), "a.xlsx").rows[1] == [text]


@pytest.mark.parametrize(
    ("format_number", "text"),
    [(57, "1946-02"), (27, "1946-02"), (31, "1946-02-01"), (58, "02-01")],
)
def test_the_date_formats_of_chinese_excel_that_stand_in_no_file_are_dates(format_number, text):
    def numbered(part):
        return part.replace(b'numFmtId="14"', b'numFmtId="%d"' % format_number)

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        page.write_datetime(0, 0, date(1946, 2, 1), book.add_format({"num_format": 14}))
    content = repacked(target.getvalue(), **{"xl/styles.xml": numbered})
    assert read_table(content, "a.xlsx").rows == [[text]]


def test_a_merged_branch_name_stands_in_each_of_its_rows():
    def merge(sheet):
        sheet.merge_cells("A2:A4")

    content = xlsx(["支部", "姓名"], ["金桂花园支部", "赵一禾"], [None, "钱二梅"], [None, "孙三木"], adorn=merge)
    assert [row[0] for row in read_table(content, "a.xlsx").rows] == ["支部"] + ["金桂花园支部"] * 3


def test_the_sheet_with_the_expected_headings_wins_and_hidden_sheets_are_not_read():
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    for number in range(30):
        book.active.append([f"第{number}条", "说明", "说明", "说明"])
    book.create_sheet("花名册").append(HEADING)
    old = book.create_sheet("去年")
    old.append([*HEADING, "性别"])
    old.sheet_state = "hidden"
    assert read_table(saved(book), "a.xlsx", ("姓名", "电话", "性别")).sheet == "花名册"


def test_a_formula_gives_its_stored_result_and_without_one_its_own_text():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        page.write_formula("A1", "=1+1", None, 2)
    assert read_table(target.getvalue(), "a.xlsx").rows == [["2"]]
    assert read_table(xlsx(["赵一禾", "=1+1"]), "a.xlsx").rows == [["赵一禾", "=1+1"]]


def test_a_size_that_the_file_claims_hides_no_rows():
    content = xlsx(HEADING, ["赵一禾", "1"], ["钱二梅", "2"])
    lied = repacked(content, **{SHEET: lambda part: part.replace(b'ref="A1:B3"', b'ref="A1:A1"')})
    assert len(read_table(lied, "a.xlsx").rows) == 3


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("XFD1048576", "roster.too_many_rows"),
        ("A20001", "roster.too_many_rows"),
        ("BI2", "roster.too_many_columns"),
    ],
)
def test_a_far_cell_is_refused_without_filling_the_memory(cell, key):
    def far(sheet):
        sheet[cell] = "x"

    assert refusal(xlsx(HEADING, adorn=far)) == key


def test_a_far_cell_that_is_only_coloured_is_no_matter():
    def far(sheet):
        sheet["XFD1048576"].number_format = "0.00"

    assert read_table(xlsx(HEADING, adorn=far), "a.xlsx").rows == [HEADING]


def test_twenty_thousand_rows_are_read_and_one_more_is_refused():
    lines = "".join(f"赵{n},1\n" for n in range(20_000))
    assert len(read_table(lines.encode(), "a.csv").rows) == 20_000
    assert refusal((lines + "钱,2\n").encode(), "a.csv") == "roster.too_many_rows"


BOMB = b"<worksheet>" + b" " * (51 * 2**20)
PLAIN = xlsx(HEADING, ["赵一禾", "19900000001"])
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "filename", "key"),
    [
        pytest.param(b"", "a.xlsx", "roster.empty", id="nothing"),
        pytest.param(xlsx(), "a.xlsx", "roster.empty", id="an empty sheet"),
        pytest.param(b"\n,,\n", "a.csv", "roster.empty", id="a csv of blanks"),
        pytest.param(b"x" * (5 * 2**20 + 1), "a.csv", "roster.too_large", id="more than 5 MiB"),
        pytest.param(repacked(PLAIN, **{SHEET: BOMB}), "a.xlsx", "roster.too_large_unpacked", id="a zip bomb"),
        pytest.param(
            repacked(PLAIN, **{f"x{n}": b"" for n in range(200)}),
            "a.xlsx",
            "roster.too_large_unpacked",
            id="entries",
        ),
        pytest.param(repacked(PLAIN, **{SHEET: lambda part: DOCTYPE + part}), "a.xlsx", "roster.unsafe", id="DOCTYPE"),
        pytest.param(
            repacked(PLAIN, **{"xl/workbook.xml": DOCTYPE.decode().encode("utf-16")}),
            "a.xlsx",
            "roster.unsafe",
            id="DOCTYPE in UTF-16",
        ),
        pytest.param(repacked(PLAIN, **{"xl/vbaProject.bin": b"x"}), "a.xlsx", "roster.macros", id="macros"),
        pytest.param(PLAIN, "a.xlsm", "roster.macros", id="a macro name"),
        pytest.param(OLE, "a.xls", "roster.old_format", id="old Excel"),
        pytest.param(OLE, "a.xlsx", "roster.old_format", id="old Excel renamed"),
        pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "roster.locked", id="a password"),
        pytest.param("<html><table>姓名".encode(), "a.xls", "roster.old_format", id="a page named xls"),
        pytest.param("<html><table>姓名".encode(), "a.xlsx", "roster.web_page", id="a page named xlsx"),
        pytest.param("\n<table>姓名".encode(), "a.csv", "roster.web_page", id="a page named csv"),
        pytest.param(PLAIN, "a.csv", "roster.wrong_kind", id="xlsx named csv"),
        pytest.param(b"name,phone", "a.xlsx", "roster.wrong_kind", id="csv named xlsx"),
        pytest.param(PLAIN, "a.pdf", "roster.wrong_kind", id="a foreign name"),
        pytest.param(
            repacked(PLAIN, **{"[Content_Types].xml": b"<Types/>"}),
            "a.xlsx",
            "roster.wrong_kind",
            id="another zip",
        ),
        pytest.param(PLAIN[:-200], "a.xlsx", "roster.unreadable", id="cut off"),
        pytest.param(repacked(PLAIN, **{SHEET: b"<worksheet><"}), "a.xlsx", "roster.unreadable", id="broken XML"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "a.csv", "roster.wrong_kind", id="a picture named csv"),
        pytest.param(b"\xff\xff\xff", "a.csv", "roster.encoding", id="no encoding we know"),
        pytest.param(b"a,\x00b", "a.csv", "roster.wrong_kind", id="control characters"),
        pytest.param(b'a,"' + b"x" * 200_000 + b'"', "a.csv", "roster.unreadable", id="an endless field"),
    ],
)
def test_what_is_no_plain_table_gets_one_clear_refusal(content, filename, key):
    assert refusal(content, filename) == key


def test_one_long_text_shared_by_many_cells_is_refused():
    text = "长" * 30_000
    assert refusal(write_xlsx(["x"], [[text] * 50] * 20)) == "roster.too_much_text"


def test_a_merge_over_the_whole_sheet_is_refused_when_it_multiplies_text():
    merge = b'</sheetData><mergeCells><mergeCell ref="A1:BH1048576"/></mergeCells>'
    content = xlsx(["长" * 10_000], *[["x"]] * 100)
    content = repacked(content, **{SHEET: lambda part: part.replace(b"</sheetData>", merge)})
    assert refusal(content) == "roster.too_much_text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_in_each_encoding_with_each_delimiter(encoding, mark):
    text = f'姓名{mark}住址\r\n赵一禾{mark}"金桂花园{mark}3栋"\r\n\r\n钱二梅·𬭎{mark}\r\n'
    rows = read_table(text.encode(encoding), "名册.csv").rows
    assert rows == [["姓名", "住址"], ["赵一禾", f"金桂花园{mark}3栋"], [], ["钱二梅·𬭎"]]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.csv", "a.xls", "a"]), st.booleans())
def test_arbitrary_bytes_raise_nothing_but_a_refusal(noise, filename, is_zip):
    content = b"PK\x03\x04" + noise if is_zip else noise
    assert outcome(content, filename).startswith("roster.")


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_damaged_workbook_raises_nothing_but_a_refusal(data):
    name = data.draw(st.sampled_from(sorted(zipfile.ZipFile(io.BytesIO(PLAIN)).namelist())))
    at, noise = data.draw(st.integers(0, 900)), data.draw(st.binary(max_size=12))
    content = repacked(PLAIN, **{name: lambda part: part[:at] + noise + part[at + len(noise) :]})
    assert outcome(content, "a.xlsx").startswith("roster.")


async def test_a_child_process_reads_the_same_table():
    table = await read_table_apart(PLAIN, "a.xlsx", ("姓名",))
    assert table == read_table(PLAIN, "a.xlsx")


async def test_a_refusal_comes_back_from_the_child_with_its_facts():
    with pytest.raises(Refusal) as caught:
        await read_table_apart(b"1\n" * 20_001, "a.csv")
    assert (caught.value.key, caught.value.facts) == ("roster.too_many_rows", {"limit": 20_000})


async def test_a_child_that_dawdles_is_ended():
    with pytest.raises(Refusal, match=r"roster\.too_heavy"):
        await read_table_apart(PLAIN, "a.xlsx", seconds=0.01)


DANGEROUS = [
    "=1+1",
    "+86",
    "-1",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\t=1",
    "\x00=1",
    "\r=1",
    " =1",
    "\n=1",
]


def test_no_cell_of_our_csv_begins_a_formula_and_nothing_else_is_changed():
    content = write_csv(["说明", "数"], [[text, -5] for text in DANGEROUS] + [["赵一禾", None]])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert all(row[0].startswith("'") and "\x00" not in row[0] for row in rows[1:-1])
    assert rows[-1] == ["赵一禾", ""]
    assert rows[1][1] == "-5"


def test_no_cell_of_our_workbook_is_a_formula_or_a_link():
    content = write_xlsx(["=1", "人数"], [[text, 3] for text in [*DANGEROUS, "https://example.org"]])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows(max_col=1) for cell in row} == {"s"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert sheet["B2"].value == 3


def test_what_we_write_we_read_again():
    rows = [["赵一禾", "19900000001", date(1946, 2, 9)], ["阿依·𬭎", "", None]]
    for content, name in (
        (write_xlsx(["a", "b", "c"], rows), "a.xlsx"),
        (write_csv(["a", "b", "c"], rows), "a.csv"),
    ):
        assert read_table(content, name).rows[1:] == [["赵一禾", "19900000001", "1946-02-09"], ["阿依·𬭎"]]
