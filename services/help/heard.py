"""Learning from use (没听懂的话): what was not understood is kept, masked, until somebody says what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import texts
from conversation.learned import key_of
from kit.errors import Refusal
from models.columns import blind
from models.help.heard import Heard, Meaning, names_in
from models.people.members import Person
from services.people import audit, organisation
from services.people.access import Reach

SHORTEST, LONGEST = 2, 60
"""Signs of a message worth learning from; whoever writes more is better answered by a person."""
_SCOPE = "heard.normal"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase that waits: the id of its first message, the masked words, how often, and what was guessed."""

    id: int
    words: str
    count: int
    guesses: tuple[str, ...]


async def keep(openid: str, said: str, guesses: Sequence[str], *, person: Person | None, now: datetime) -> bool:
    """Keep a message nobody understood, masked; whether it was worth keeping. Only for who agreed (promise V1)."""
    words = await masked(said)
    if not SHORTEST <= len(words) <= LONGEST or not key_of(words).strip("#"):
        return False
    await Heard.create(
        openid=openid,
        path=await _path_of(person),
        words=words,
        normal_index=blind(key_of(words), _SCOPE),
        guesses=list(guesses),
        made_at=now,
    )
    return True


async def _path_of(person: Person | None) -> str:
    """Who looks after it: the person's branch or community, else the county."""
    home = (await organisation.branch_of(person) or await organisation.community_of(person)) if person else None
    place = home or await organisation.root()
    return place.path if place else ""


async def masked(said: str) -> str:
    """The words without what points at anybody: longer numbers, names of the roster, names somebody is addressed by."""
    words = " ".join(said.split())
    hidden = texts.section("heard", "names")["hidden"]
    for name in sorted(await names_in(words), key=len, reverse=True):
        words = words.replace(name, hidden)
    words = _addressed().sub(hidden, words)
    digits = texts.section("heard", "names")["digits"]
    return re.sub(rf"[{digits}][{digits}\s-]{{2,}}", "#", words)


def _addressed() -> re.Pattern[str]:
    names = texts.section("heard", "names")
    return re.compile(
        rf"[{names['forms']}]?[{names['surnames']}][\u4e00-\u9fff]{{0,2}}?(?={'|'.join(names['before'])})"
    )


async def waiting(reach: Reach | None, limit: int = _MOST) -> list[Phrase]:
    """What waits for a meaning within this reach, the commonest first; everything for who runs the house (None)."""
    rows = [row for row in await Heard.filter(settled_at__isnull=True).order_by("id") if _is_within(row, reach)]
    alike: dict[str, list[Heard]] = {}
    for row in rows:
        alike.setdefault(row.normal_index, []).append(row)
    found = [Phrase(some[0].id, some[0].words, len(some), tuple(some[-1].guesses)) for some in alike.values()]
    return sorted(found, key=lambda one: (-one.count, one.id))[:limit]


def _is_within(row: Heard, reach: Reach | None) -> bool:
    return reach is None or any(row.path.startswith(path) for path in reach.paths("view", "subtree"))


async def one_of(heard_id: int, reach: Reach | None) -> Phrase:
    """One phrase that waits within this reach; raises `heard.gone` for any other."""
    found = next((one for one in await waiting(reach) if one.id == heard_id), None)
    if found is None:
        raise Refusal("heard.gone")
    return found


def meanings_known() -> dict[str, str]:
    """Every intent a phrase may be given, with its title."""
    never = texts.section("intents", "staff")["only"]
    titles = {**texts.section("intents", "titles"), **texts.section("heard", "further")}
    return {intent: title for intent, title in titles.items() if intent not in never}


async def means(phrase: Phrase, intent: str, *, by: str, now: datetime) -> str:
    """From now on the phrase means `intent`; its title. Raises `heard.intent_unknown` for one that cannot be given."""
    known = meanings_known()
    if intent not in known:
        raise Refusal("heard.intent_unknown", intent=intent, intents=texts.render("words.comma").join(known))
    row = {"phrase": phrase.words, "intent": intent, "said_by": by, "made_at": now}
    await Meaning.update_or_create(row, normal=key_of(phrase.words)[:LONGEST])
    await _settle(phrase, now)
    await audit.note(by, "heard.meant", now=now, subject=f"heard:{phrase.id}", intent=intent)
    return known[intent]


async def put_aside(phrase: Phrase, *, by: str, now: datetime) -> None:
    """The phrase means nothing that can be done here."""
    await _settle(phrase, now)
    await audit.note(by, "heard.put_aside", now=now, subject=f"heard:{phrase.id}")


async def _settle(phrase: Phrase, now: datetime) -> None:
    alike = blind(key_of(phrase.words), _SCOPE)
    await Heard.filter(normal_index=alike, settled_at__isnull=True).update(settled_at=now)


async def take_back(heard_id: int, reach: Reach | None, *, by: str, now: datetime) -> None:
    """点错了: the phrase waits again and means nothing of its own. Raises `heard.gone` when it is deleted already."""
    row = await Heard.get_or_none(id=heard_id)
    if row is None or not _is_within(row, reach):
        raise Refusal("heard.gone")
    await Meaning.filter(normal=key_of(row.words)[:LONGEST]).delete()
    await Heard.filter(normal_index=row.normal_index).update(settled_at=None)
    await audit.note(by, "heard.taken_back", now=now, subject=f"heard:{heard_id}")


async def meanings() -> list[tuple[str, str]]:
    """Every (intent, phrase) that was given, oldest first."""
    return [(row.intent, row.phrase) for row in await Meaning.all().order_by("id")]
