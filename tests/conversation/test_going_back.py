"""Where 0 leads from a menu: to the one whose choice led there, never to an older state of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conversation.reply import Choice, Reply
from conversation.seat import MOST_BACK, Seat, read_seat, write_seat

NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)


def shown(seat: Seat, *does: str, at: datetime = NOW) -> Seat:
    """The menu of these actions, chosen from the one shown before."""
    return seat.showing(" ".join(does), tuple(Choice(do, do) for do in does), at, left=seat.menu)


def test_a_menu_remembers_the_one_that_led_to_it() -> None:
    seat = shown(shown(Seat(), "list"), "one")
    before = seat.menu_before(NOW)
    assert before is not None
    assert before.text == "list"


def test_a_list_that_comes_again_does_not_lead_back_to_its_older_self() -> None:
    seat = shown(shown(shown(Seat(), "top"), "tick", "tick"), "tick", "other")
    before = seat.menu_before(NOW)
    assert before is not None
    assert before.text == "top"
    again = shown(shown(shown(Seat(), "list", "a"), "one"), "list", "b")
    assert again.menu_before(NOW) is None


def test_the_way_back_is_short_and_survives_a_restart() -> None:
    seat = Seat()
    for name in ("a", "b", "c", "d", "e", "f"):
        seat = shown(seat, name)
    kept, steps = read_seat(write_seat(seat)).menu, 0
    while kept is not None and kept.back is not None:
        kept, steps = kept.back, steps + 1
    assert steps == MOST_BACK


def test_an_old_menu_leads_nowhere() -> None:
    seat = shown(shown(Seat(), "list"), "one")
    assert seat.menu_before(NOW + timedelta(minutes=31)) is None


def test_what_was_only_begun_is_left_before_a_deed_is_undone() -> None:
    done = Seat().undoing(Choice("", "untie"), NOW)
    assert not done.is_on_the_way(NOW)
    with_menu = done.showing("next", (Choice("next", "next"),), NOW)
    assert not with_menu.is_on_the_way(NOW)
    later = NOW + timedelta(minutes=1)
    assert shown(with_menu, "one", at=later).is_on_the_way(later)
    read_back = with_menu.showing("sure?", (Choice("", "yes"), Choice("", "no")), later)
    assert read_back.is_on_the_way(later)


def test_a_remark_joins_the_heading_of_a_full_menu_only() -> None:
    assert Reply("heading\n1 a\nhow", before="again.").said_in_full == "again.\nheading\n1 a\nhow"
    full = "\n".join(["heading", *"12345", "how"])
    assert Reply(full, before="again.").said_in_full == "again." + full
