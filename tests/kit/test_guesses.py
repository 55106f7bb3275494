"""Wrong tries at a secret: slowed, stopped, and let go again."""

from __future__ import annotations

from kit.guesses import FORGOTTEN_SECONDS, Guesses


def tried(guesses, who, many, now=0.0):
    return [guesses.wrong(who, now) for _ in range(many)]


def test_slowed_after_five_and_stopped_after_ten():
    guesses = Guesses()
    assert not any(tried(guesses, "a", 4))
    assert (guesses.wait("a", 0), guesses.is_stopped("a", 0)) == (0, False)
    tried(guesses, "a", 1)
    assert guesses.wait("a", 0) > 0
    assert tried(guesses, "a", 5)[-1]
    assert guesses.is_stopped("a", 0)
    assert not guesses.is_stopped("b", 0)


def test_the_rightful_user_is_back_within_a_quarter_of_an_hour():
    guesses = Guesses()
    tried(guesses, "a", 12)
    assert guesses.is_stopped("a", FORGOTTEN_SECONDS - 1)
    assert not guesses.is_stopped("a", FORGOTTEN_SECONDS)


def test_the_right_secret_forgives():
    guesses = Guesses()
    tried(guesses, "a", 9)
    guesses.right("a")
    assert guesses.wait("a", 0) == 0


def test_memory_is_bounded():
    guesses = Guesses(most=3)
    for who in "abcdef":
        guesses.wrong(who, 0)
    assert len(guesses._tries) == 3
