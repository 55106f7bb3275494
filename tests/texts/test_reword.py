"""A county may say things in its own words, and is told when it can't."""

from collections.abc import Iterator

import pytest

import texts


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    texts._file.cache_clear()
    texts.sentence.cache_clear()


def test_a_sentence_can_be_said_in_the_countys_words() -> None:
    texts.reword({"emergency.dial": "快打{phone}。"})
    assert texts.render("emergency.dial", phone="110") == "快打110。"


@pytest.mark.parametrize(
    ("key", "own", "problem"),
    [
        ("emergency.nothing", "x", "unknown"),
        ("nowhere.dial", "x", "unknown"),
        ("emergency.dial", "{phone}{name}", "no blank name"),
    ],
    ids=["no such sentence", "no such file", "a blank too many"],
)
def test_what_cannot_be_said_is_refused_by_name(key: str, own: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        texts.reword({key: own})


def test_a_county_names_its_own_kinds_of_places() -> None:
    texts.extend("organisation", "kinds", {"street_office": ["街道办", "township"]})
    assert texts.section("organisation", "kinds")["street_office"] == ["街道办", "township"]
