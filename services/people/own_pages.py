"""What a member's own pages show: certificate, posts, dates, everything that is kept; and the ways to change it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag

from kit.errors import Refusal
from models.care.visits import VisitTask
from models.columns import seal, unseal
from models.help.posts import PostHolding
from models.people.accounts import Account
from models.people.check_in import CheckIn
from models.people.members import Person
from services.care import visits
from services.help import voices, wishes
from services.people import audit, check_in, consents, looks, members, organisation
from services.people.erasure import erase_account

_SCOPE = "member.page"
_HELD = ("pending", "active", "paused", "release_pending", "waitlisted")
_LISTED = 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Member:
    """Who looks: the account, its own person, and the telephone that helps."""

    openid: str
    person: Person
    phone: str


@dataclass(frozen=True, slots=True)
class Date:
    """One day that concerns the member: what, when, about whom."""

    on: date
    what: str
    name: str = ""


def key_for(openid: str, *, until: datetime) -> str:
    """A sealed word for the cookie: whose pages it opens, and until when; kept nowhere."""
    return seal(json.dumps({"openid": openid, "until": until.timestamp()}), _SCOPE)


def openid_of(key: str, *, now: datetime) -> str | None:
    """The account behind the cookie; None for none, an old one, or one that was not sealed here."""
    try:
        said = json.loads(unseal(key, _SCOPE)) if key else {}
    except (InvalidTag, KeyError, ValueError):
        return None
    return str(said["openid"]) if said.get("until", 0) > now.timestamp() else None


async def member_of(openid: str) -> Member | None:
    """The person this account is bound to as its own; None when there is none (any more)."""
    own = next((one.person for one in await members.who(openid) if one.relation == "self"), None)
    if own is None:
        return None
    place = await organisation.community_of(own)
    return Member(openid, own, (await organisation.phone_of(place) if place else None) or "")


async def certificate(person: Person) -> CheckIn | None:
    """The newest registration, with its community; accepted ones have a number."""
    return await CheckIn.filter(person_id=person.id).order_by("-id").select_related("community").first()


async def posts_of(person: Person) -> list[PostHolding]:
    """Posts held or waited for."""
    rows = PostHolding.filter(person_id=person.id, state__in=_HELD).order_by("-id").limit(_LISTED)
    return await rows.select_related("post", "post__organisation")


async def dates_of(person: Person, today: date) -> list[Date]:
    """Days ahead, the nearest first: people to visit, an answer that is due, a pause that ends."""
    duties = VisitTask.open_tasks().filter(assignee_id=person.id).order_by("due_on", "id").limit(_LISTED)
    found = [Date(one.due_on, visits.occasion_in_words(one.occasion), one.subject.name)
             for one in await duties.select_related("subject")]  # fmt: skip
    waiting = CheckIn.filter(person_id=person.id, state__in=check_in.WAITING)
    found += [Date(row.due_on, "check_in") for row in await waiting]
    pauses = PostHolding.filter(person_id=person.id, state="paused", until__gte=today).select_related("post")
    found += [Date(row.until, "pause", row.post.title) for row in await pauses if row.until]
    return sorted(found, key=lambda one: (one.on, one.what))


async def copy_of(person: Person, *, now: datetime, today: date) -> dict[str, Any]:
    """Everything the house keeps about the person, as plain values; the copy is entered in the book (promise V4)."""
    facts = await members.own_facts(person, today)
    holdings = await PostHolding.filter(person_id=person.id).order_by("id").select_related("post")
    check_ins = await CheckIn.filter(person_id=person.id).order_by("id").select_related("community")
    had = await VisitTask.filter(subject_id=person.id).order_by("id")
    seen, total = await looks.at_me(person, _LISTED)
    await audit.note(audit.by_person(person), "own_copy", now=now, subject=audit.by_person(person))
    return facts | {
        "posts": [{"post": row.post.title, "state": row.state} for row in holdings],
        "check_ins": [
            {"community": row.community.name, "state": row.state, "number": row.card_no} for row in check_ins
        ],
        "visits": [{"occasion": row.occasion, "due": row.due_on, "state": row.state} for row in had],
        "looked_at": {"times": total, "last": [{"on": one.on, "by": one.name, "reason": one.reason} for one in seen]},
    }


async def wish_correction(member: Member, words: str, *, now: datetime) -> None:
    """What is wrong goes onto the list of a named person, who calls back. Raises `pages.words_wanted`."""
    said = " ".join(words.split())[:_LONGEST]
    if not said:
        raise Refusal("pages.words_wanted")
    await wishes.keep("correction", wishes.Asking(member.openid, member.person), now=now, words=said)


async def leave(member: Member, *, now: datetime) -> None:
    """Consent ends, and everything that hangs on the account is erased at once (promises V3–V5)."""
    await consents.withdraw("basic", now=now, person=member.person)
    await consents.withdraw("basic", now=now, openid=member.openid)
    await voices.forget_all(member.openid, member.person, now=now)
    await Account.filter(openid=member.openid).update(consented="")
    await erase_account(member.openid, now=now)
