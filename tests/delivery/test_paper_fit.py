"""Lines break where Chinese allows it, and words shrink before they leave their box."""

from __future__ import annotations

import pytest
from PIL import ImageFont
from structlog.testing import capture_logs

from delivery.paper import fit, fonts, palette
from delivery.paper.canvas import Box, Ink

DEBIAN = pytest.mark.skipif(not fonts.rare_path(bold=True).exists(), reason="needs Debian's fonts-noto-cjk")


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        pytest.param("报到不转组织关系", 4, ["报到不转", "组织关系"], id="breaks anywhere between characters"),
        pytest.param("桂花社区，请来", 4, ["桂花社", "区，请来"], id="no comma begins a line"),
        pytest.param("请点“关注”吧", 3, ["请点", "“关", "注”吧"], id="quotes stay with their words"),
        pytest.param("电话19900000900", 7, ["电话", "19900000900"], id="a number is not cut"),
        pytest.param("一\n二三", 5, ["一", "二三"], id="a given break is kept"),
        pytest.param("", 5, [""], id="nothing is one empty line"),
    ],
)
def test_lines_break_where_they_may(words: str, width: float, lines: list[str]) -> None:
    assert fit.wrapped(words, width, _halves) == lines


def _halves(words: str) -> float:
    return sum(0.5 if character.isascii() else 1 for character in words)


def test_balanced_lines_leave_no_character_alone() -> None:
    assert fit.balanced("青禾街道桂花社", 6, len) == ["青禾街道", "桂花社"]


@pytest.mark.parametrize("words", ["赵一禾", "阿卜杜热合曼·买买提艾力·吐尔逊江", "欧阳" * 30, "A" * 90, "\n\n\n\n"])
def test_fitted_words_stay_inside_their_box(words: str) -> None:
    box = Box(0, 0, 60, 20)
    ink, lines = fit.fitted(words, box, Ink(12, palette.INK))
    assert all(ink.width_of(line) <= box.width for line in lines)
    assert ink.height_of(len(lines)) <= box.height


@pytest.mark.parametrize("bold", [False, True])
def test_the_widths_reckoned_are_the_widths_drawn(bold: bool) -> None:
    words = "报到证 2026-0001，Aa·"
    drawn = ImageFont.truetype(str(fonts.path(bold=bold)), 200).getlength(words) / 200
    assert fonts.width(words, bold=bold) == pytest.approx(drawn, rel=0.01)


@DEBIAN
def test_rare_characters_of_names_come_from_the_larger_typeface() -> None:
    assert fonts.runs("赵𬭎㛃一") == (("赵", False), ("𬭎㛃", True), ("一", False))
    assert fonts.width("𬭎㛃", bold=True) == pytest.approx(2)


def test_a_character_nobody_can_draw_becomes_the_stand_in_mark() -> None:
    with capture_logs() as logs:
        assert fonts.runs("赵\U000fff01") == (("赵〓", False),)
    assert logs == [{"event": "paper.glyph_missing", "log_level": "warning"}]
