"""Sealed fields open only where they were sealed, with any key of the ring; look-ups survive a change of key."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from kit.vault import Vault, is_sealed

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.mark.parametrize("text", ["", "19900000001", "𠮷野家", "字" * 5000])
def test_what_is_sealed_opens_again(text: str) -> None:
    vault = Vault(OLD)
    sealed = vault.seal(text, "person.phone")
    assert is_sealed(sealed)
    assert vault.open(sealed, "person.phone") == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({Vault(OLD).seal("a", "s") for _ in range(50)}) == 50


def test_another_column_cannot_open_it() -> None:
    with pytest.raises(InvalidTag):
        Vault(OLD).open(Vault(OLD).seal("a", "person.phone"), "person.room")


def test_a_changed_letter_is_noticed() -> None:
    sealed = Vault(OLD).seal("a", "s")
    with pytest.raises(InvalidTag):
        Vault(OLD).open(sealed[:-6] + ("AAAA" if sealed[-6:-2] != "AAAA" else "BBBB") + sealed[-2:], "s")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    both = Vault(OLD, NEW)
    assert both.open(Vault(OLD).seal("a", "s"), "s") == "a"
    assert Vault(NEW).open(both.seal("a", "s"), "s") == "a"
    with pytest.raises(KeyError):
        Vault(OLD).open(both.seal("a", "s"), "s")


def test_the_blind_index_outlives_a_change_of_key_and_reads_numbers_alike() -> None:
    assert Vault(OLD).blind("199 0000-0001", "p") == Vault(OLD, NEW).blind("１９９００００0001", "p")
    assert Vault(OLD).blind("a", "p") != Vault(OLD).blind("a", "q")
    assert Vault(OLD).blind("a", "p") != Vault(NEW).blind("a", "p")


@pytest.mark.parametrize("keys", [(), (b"short",), (OLD, b"short")])
def test_a_key_of_the_wrong_length_is_refused(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(*keys)
