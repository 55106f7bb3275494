"""What is installed is what the lock says, with hashes and without any host (promises X22, P21)."""

from __future__ import annotations

import re

from house.lock_read import ENTRIES, LOCK, MEANT, below_floor, installed, without_hash


def test_every_line_of_the_lock_is_understood() -> None:
    begun = re.findall(r"^\S+?==", LOCK, re.M)
    assert len(ENTRIES) == len(begun) > 50


def test_every_component_has_a_hash() -> None:
    assert without_hash() == []


def test_the_lock_names_no_host() -> None:
    assert not re.findall(r"\S*://\S*|\S*index-url\S*|^\s*-[if]\b.*", LOCK, re.M)


def test_nothing_older_than_its_known_holes() -> None:
    assert below_floor() == []


def test_what_is_installed_is_what_the_lock_says() -> None:
    assert installed() == MEANT
