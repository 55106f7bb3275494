"""Certificate, slips, poster and sheets: inside their page, readable, the same bytes for the same facts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import combinations

import pytest
import segno
from PIL import Image

import texts
from conversation.understanding import is_escape, read
from delivery.paper import certificate, leaflet, monday_sheet, notice_sheet, palette, poster, slips
from delivery.paper.canvas import Box, Canvas, Ink, Point
from delivery.paper.picture import Picture

LONG_NAME = "阿卜杜热合曼·买买提艾力·吐尔逊江"
LONG_PLACE = "青禾街道金桂花园东区第二社区"
LINK = "http://weixin.qq.com/q/02xK3mQ0dJcYl10000M07abcde12345"
CARD = certificate.CertificateFacts(
    "桂花 2026-0001",
    "赵一禾",
    "桂花社区",
    date(2026, 11, 22),
    "https://jinqiu.example.cn/m/certificate/8f3kq7x2",
)
LONG_CARD = replace(CARD, number="青禾街道桂花 2026-0210", name=LONG_NAME, community=LONG_PLACE)
RARE_CARD = replace(CARD, name="欧阳𬭎㛃")
SLIP = slips.SlipFacts("0427", "赵一禾", "桂花社区", "金秋东禾", "19900000900", date(2026, 12, 6), LINK)
LONG_SLIP = replace(SLIP, name=LONG_NAME, community=LONG_PLACE, account="东禾县老干部之家", phone="0746-19900000900")
POSTER = poster.PosterFacts("桂花社区", "19900000900", LINK, date(2026, 11, 22))
LONG_POSTER = replace(POSTER, community=LONG_PLACE, phone="0746-19900000900")
LEAFLET = leaflet.LeafletFacts("桂花社区", "金秋东禾", "19900000900", date(2026, 11, 22), LINK)
LONG_LEAFLET = replace(LEAFLET, community=LONG_PLACE, account="东禾县老干部之家", phone="0746-19900000900")
MONDAY = monday_sheet.MondaySheetFacts(
    "今天要办的事",
    date(2026, 11, 23),
    tuple((texts.render(f"console.line_{name}"), count)
          for name, count in (("overdue", 3), ("hospital", 0), ("birthdays", 2), ("unfilled", 172), ("approvals", 0),
                              ("questions", 2), ("health", 1))),
)  # fmt: skip
SHEET = notice_sheet.NoticeSheetFacts(
    "重阳节茶话会",
    "10月18日 星期日上午九点，在社区二楼开茶话会。",
    "桂花社区",
    "19900000900",
    date(2026, 10, 12),
)
LONG_SHEET = replace(SHEET, title="关于" * 20 + "的通知", body="请带好老花镜，有车接送。" * 17, community=LONG_PLACE)
HOUSEHOLDS = tuple(
    notice_sheet.Household(name, f"{1 + place % 3}栋", f"{place % 2}单元{301 + place}")
    for place, name in enumerate(["赵一禾", LONG_NAME] * 15)
)


@dataclass
class Ledger:
    """A canvas that only remembers where words went."""

    words: list[tuple[str, Box, Ink]] = field(default_factory=list)

    def write(self, words: str, at: Point, ink: Ink) -> None:
        box = Box(at[0], at[1] - 0.88 * ink.size, ink.width_of(words), ink.size)
        self.words.append((words, box, ink))

    def fill(self, corners: Sequence[Point], colour: str) -> None:
        """Shapes are looked at in pictures."""

    def stroke(self, path: Sequence[Point], colour: str, width: float) -> None:
        """Shapes are looked at in pictures."""


def _list_page(canvas: Canvas) -> None:
    facts = replace(LONG_SHEET, liaison=LONG_NAME, to_tell=HOUSEHOLDS)
    notice_sheet.draw_list(canvas, facts, HOUSEHOLDS[:4], first=True)


DRAWINGS: list[tuple[str, Callable[[Canvas], None], tuple[float, float, float], float]] = [
    ("certificate", lambda c: certificate.draw(c, CARD), (180, 240, 12), 9),
    ("certificate, longest", lambda c: certificate.draw(c, LONG_CARD), (180, 240, 12), 8),
    ("certificate, rare", lambda c: certificate.draw(c, RARE_CARD), (180, 240, 12), 9),
    ("slip", lambda c: slips.draw(c, SLIP), (97, 70, 3), 3.5),
    ("slip, longest", lambda c: slips.draw(c, LONG_SLIP), (97, 70, 3), 3),
    ("slip, no code", lambda c: slips.draw(c, replace(LONG_SLIP, link="")), (97, 70, 3), 3),
    ("poster", lambda c: poster.draw(c, POSTER), (297, 420, 14), 7),
    ("poster, longest", lambda c: poster.draw(c, LONG_POSTER), (297, 420, 14), 7),
    ("leaflet", lambda c: leaflet.draw(c, LEAFLET), (210, 297, 14), 6),
    ("leaflet, longest", lambda c: leaflet.draw(c, replace(LONG_LEAFLET, link="")), (210, 297, 14), 6),
    ("monday", lambda c: monday_sheet.draw(c, MONDAY), (210, 297, 14), 4),
    ("door", lambda c: notice_sheet.draw_door(c, SHEET), (210, 297, 14), 7),
    ("door, longest", lambda c: notice_sheet.draw_door(c, LONG_SHEET), (210, 297, 14), 6),
    ("list, longest", _list_page, (210, 297, 10), 3.5),
]


@pytest.mark.parametrize(("draw", "page", "least"), [d[1:] for d in DRAWINGS], ids=[d[0] for d in DRAWINGS])
def test_words_stay_on_the_page_apart_and_large_enough(
    draw: Callable[[Canvas], None], page: tuple[float, float, float], least: float
) -> None:
    ledger = Ledger()
    draw(ledger)
    width, height, margin = page
    for words, box, ink in ledger.words:
        assert margin <= box.left <= box.right <= width - margin, words
        assert margin <= box.top <= box.bottom <= height - margin, words
        assert ink.size >= least, words
    for (one, a, _), (other, b, _) in combinations(ledger.words, 2):
        apart = a.right <= b.left or b.right <= a.left or a.bottom <= b.top + 0.1 or b.bottom <= a.top + 0.1
        assert apart, f"{one} / {other}"


@pytest.mark.parametrize(
    ("draw", "size", "link", "box"),
    [
        pytest.param(
            lambda c: certificate.draw(c, CARD), (180, 240), CARD.link, Box(18, 173, 49, 49), id="certificate"
        ),
        pytest.param(lambda c: slips.draw(c, SLIP), (97, 70), LINK, Box(59.5, 8.6, 34.5, 34.5), id="slip"),
        pytest.param(lambda c: poster.draw(c, POSTER), (297, 420), LINK, Box(98.5, 154, 100, 100), id="poster"),
        pytest.param(lambda c: leaflet.draw(c, LEAFLET), (210, 297), LINK, Box(143, 45, 48, 48), id="leaflet"),
        pytest.param(
            lambda c: notice_sheet.draw_list(c, replace(LONG_SHEET, link=LINK), HOUSEHOLDS[:4], first=True),
            (210, 297),
            LINK,
            Box(156, 6, 36, 36),
            id="sheet",
        ),
    ],
)
def test_nothing_covers_the_code(
    draw: Callable[[Canvas], None], size: tuple[float, float], link: str, box: Box
) -> None:
    picture = Picture(*size, scale=8, paper=palette.WHITE)
    draw(picture)
    image = Image.open(io.BytesIO(picture.png())).convert("L")
    matrix = [list(row) for row in segno.make_qr(link, error="m").matrix_iter(border=4)]
    module = box.width / len(matrix)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            at = (int((box.left + (x + 0.5) * module) * 8), int((box.top + (y + 0.5) * module) * 8))
            assert (image.getpixel(at) < 128) == bool(dark), (x, y)  # type: ignore[operator]


@pytest.mark.parametrize("card", [CARD, LONG_CARD, RARE_CARD], ids=["usual", "longest", "rare"])
def test_the_certificate_is_a_small_picture_for_the_chat(card: certificate.CertificateFacts) -> None:
    png = certificate.png(card)
    assert Image.open(io.BytesIO(png)).size == (1080, 1440)
    assert len(png) < 300_000
    assert png == certificate.png(card)


def test_a_certificate_knows_nothing_private_but_the_name() -> None:
    known = {fact.name for fact in fields(certificate.CertificateFacts)}
    assert known == {"number", "name", "community", "issued", "link"}


@pytest.mark.parametrize(
    ("make", "pages"),
    [
        pytest.param(lambda: certificate.pdf(CARD), 1, id="certificate"),
        pytest.param(lambda: slips.pdf([SLIP]), 1, id="one slip"),
        pytest.param(lambda: slips.pdf([SLIP] * 8), 1, id="a full sheet"),
        pytest.param(lambda: slips.pdf([SLIP] * 9), 2, id="a sheet and one"),
        pytest.param(lambda: poster.pdf(POSTER), 1, id="poster"),
        pytest.param(lambda: poster.pdf(POSTER, a4=True), 1, id="poster on A4"),
        pytest.param(lambda: leaflet.pdf(LEAFLET), 1, id="leaflet"),
        pytest.param(lambda: monday_sheet.pdf(MONDAY), 1, id="monday"),
        pytest.param(lambda: certificate.pdf_of([CARD, LONG_CARD]), 2, id="two certificates"),
        pytest.param(lambda: notice_sheet.pdf(SHEET), 1, id="door"),
        pytest.param(lambda: notice_sheet.pdf(replace(SHEET, to_tell=HOUSEHOLDS[:12])), 1, id="twelve to tell"),
        pytest.param(lambda: notice_sheet.pdf(replace(SHEET, to_tell=HOUSEHOLDS)), 2, id="thirty to tell"),
    ],
)
def test_a_document_has_the_pages_it_needs(make: Callable[[], bytes], pages: int) -> None:
    assert len(re.findall(rb"/Type /Page\b", make())) == pages


def test_what_the_leaflet_says_is_understood() -> None:
    said = [say for say, _ in texts.section("paper", "leaflet")["lines"]]
    meant = [is_escape(one) or read(one).intent for one in said]
    assert meant == ["check_in", "browse_posts", "order_service", "update_phone", "is_this_yours", "help", "back",
                     "emergency"]  # fmt: skip


def test_the_same_facts_print_the_same_bytes() -> None:
    assert slips.pdf([SLIP]) == slips.pdf([SLIP])


def test_names_on_a_list_stand_by_building() -> None:
    ledger = Ledger()
    facts = replace(SHEET, liaison="王百川", to_tell=HOUSEHOLDS[:6])
    notice_sheet.draw_list(ledger, facts, notice_sheet.by_building(facts.to_tell), first=True)
    doors = [words[:2] for words, _, _ in ledger.words if "栋" in words]
    assert doors == ["1栋", "1栋", "2栋", "2栋", "3栋", "3栋"]


def test_a_door_sheet_names_nobody() -> None:
    ledger = Ledger()
    notice_sheet.draw_door(ledger, replace(SHEET, liaison="王百川", to_tell=HOUSEHOLDS))
    printed = "".join(words for words, _, _ in ledger.words)
    assert "王百川" not in printed
    assert "赵一禾" not in printed


@pytest.mark.parametrize("paper", [palette.CREAM, palette.WHITE, palette.SAND])
@pytest.mark.parametrize("colour", [palette.BARK, palette.MAROON, palette.MOSS, palette.INK])
def test_words_stand_out_from_their_paper(colour: str, paper: str) -> None:
    assert (_light(paper) + 0.05) / (_light(colour) + 0.05) >= 4.5


def _light(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
