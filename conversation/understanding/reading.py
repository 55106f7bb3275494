"""Reads one message: what is wanted, the particulars, how sure that is, and whether somebody is in danger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from conversation.understanding.danger import danger_named, is_fraud_named, is_past_or_told, is_told
from conversation.understanding.features import features
from conversation.understanding.lexicon import table
from conversation.understanding.normal import corrected, spelled, without_ends
from conversation.understanding.numerals import plain_numbers
from conversation.understanding.slots import slots
from conversation.understanding.slots.message import Message
from conversation.understanding.weights import Weights, known_share, shares, trained

EMERGENCY = "emergency"
LEAST_WITH_WORD = 0.003
LEAST_ALONE = 0.4
LEAST_IF_PAST = 0.65
LEAST_KNOWN = 0.4
MOST_IF_STRANGE = 0.5
RUNNERS_UP = 4
CERTAIN = 1.0
"""Of danger, of a whole phrase that is known, of what was settled by asking."""
SURE = 0.6
IDLE = "none"
MAYBE_IDLE = 0.1
"""From this share of idle talk on a reading is not sure: it starts nothing, it only brings guesses to choose from."""
NO_SLOTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means. `confidence` and the shares of `runners_up` (best first) lie between 0 and 1."""

    intent: str
    slots: Mapping[str, str]
    confidence: float
    runners_up: tuple[tuple[str, float], ...]
    danger: str | None

    @property
    def is_sure(self) -> bool:
        """Whether one may act on it without asking: certain, or likely by itself and unlikely to be idle talk."""
        idle = dict(self.runners_up).get(IDLE, 0.0)
        return self.confidence == CERTAIN or (self.confidence >= SURE and idle < MAYBE_IDLE)


def message_of(text: str) -> Message:
    """The message in the spellings that slots and patterns read."""
    said = corrected(without_ends(spelled(text)))
    normal = plain_numbers(said)
    return Message(said, normal, normal.replace(" ", ""))


def read(text: str) -> Reading:
    """The meaning of one message by itself, without regard to what was said before."""
    return read_with(trained(), text)


def read_as(intent: str, text: str) -> Reading:
    """The particulars of a message whose meaning was settled by asking."""
    return Reading(intent, slots(intent, message_of(text)), CERTAIN, (), None)


def read_with(weights: Weights, text: str) -> Reading:
    """`read` with other weights than those beside this package, for cross-validation."""
    message = message_of(text)
    met = features(message.normal)
    share = _shares(weights, message.plain, met)
    ranking = sorted(share.items(), key=lambda pair: (-pair[1], pair[0]))
    danger = _danger(message.plain, share.get(EMERGENCY, 0.0))
    if danger:
        return Reading(EMERGENCY, NO_SLOTS, CERTAIN, _others(ranking, EMERGENCY), danger)
    calm = [pair for pair in ranking if pair[0] != EMERGENCY]
    if further := _further(message.plain):
        # The whole message is a known phrase: digits or a name in it must not raise a doubt about danger.
        return Reading(further, slots(further, message), CERTAIN, _others(calm, further), None)
    intent, sure = calm[0]
    if known_share(weights, met) < LEAST_KNOWN:
        # Hardly a sign of it was ever met (嘎嘎嘎): nothing can be sure, nor can danger be suspected.
        return Reading(intent, slots(intent, message), min(sure, MOST_IF_STRANGE), _others(calm, intent), None)
    doubt = (EMERGENCY, share.get(EMERGENCY, 0.0))
    return Reading(intent, slots(intent, message), sure, _others([*calm, doubt], intent), None)


def _shares(weights: Weights, plain: str, met: list[str]) -> dict[str, float]:
    share = shares(weights, met)
    if plain.isdecimal() and not danger_named(plain):
        # A bare number is a choice or a count: only 110, 119 and 120 can be a call.
        share[EMERGENCY] = 0.0
    return share


def _danger(plain: str, share: float) -> str | None:
    """The kind of danger now; a doubt between illness and danger counts as danger (domain.md 3.4)."""
    if is_told(plain):
        return None
    named = danger_named(plain)
    if is_past_or_told(plain):
        return (named or "ill") if share >= LEAST_IF_PAST else None
    if named:
        return named if share >= LEAST_WITH_WORD else None
    return "ill" if share >= LEAST_ALONE and not _further(plain) else None


@cache
def _further_patterns() -> list[tuple[str, re.Pattern[str]]]:
    rows: dict[str, str] = table("understanding", "further")
    return [(intent, re.compile(pattern)) for intent, pattern in rows.items()]


def _further(plain: str) -> str | None:
    return next((intent for intent, pattern in _further_patterns() if pattern.search(plain)), None)


def _others(ranking: list[tuple[str, float]], intent: str) -> tuple[tuple[str, float], ...]:
    counted = counts_as(intent)
    rest = [(name, share) for name, share in ranking if name not in (intent, counted)]
    return tuple(sorted(rest, key=lambda pair: -pair[1])[:RUNNERS_UP])


def counts_as(intent: str) -> str:
    """The one of the 43 intents that a further intent counts as in the figures; itself for the 43."""
    found: str = table("understanding", "counts_as").get(intent, intent)
    return found


@lru_cache(256)
def is_fraud(text: str) -> bool:
    """Whether the message speaks of a fraud in progress (domain.md 3.4 rule 10)."""
    return is_fraud_named(message_of(text).plain)
