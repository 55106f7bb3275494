"""The tie itself: an account speaks for a person, from then until then, many to many."""

from __future__ import annotations

from datetime import datetime

from delivery.outbox import Letter, post_notice, to_openid
from kit.errors import Refusal
from models.people.accounts import Account, Binding, BindingSlip, Question
from models.people.members import Person
from models.people.organisation import Organisation
from services.people import consents
from services.people.access import Reach, require
from services.people.audit import by_person, note
from services.people.binding.telling import tell_secretary
from services.people.organisation import root


async def follow(openid: str, *, now: datetime, scanned: Organisation | None = None) -> Account:
    """The account follows us (again); `scanned` is the community whose poster brought it."""
    account, _ = await Account.get_or_create({"first_seen": now}, openid=openid)
    account.follows, account.unfollowed_at = True, None
    if scanned:
        account.scanned_id = scanned.id
    await account.save()
    return account


async def unfollow(openid: str, *, now: datetime) -> None:
    """The account left: its ties end at once (decision 5); what it wrote is erased within a day."""
    await Account.filter(openid=openid).update(follows=False, unfollowed_at=now, seat={}, window_until=None)
    await Binding.current().filter(openid=openid).update(until=now)
    await Question.filter(openid=openid, answered_at__isnull=True).update(valid_until=now)


async def bind(
    openid: str, person: Person, *, how: str, now: datetime, relation: str | None = None, consent: str = ""
) -> Binding:
    """This account speaks for this person from now on; the secretary is told and can undo it.

    Without `relation` it is `self` for an account nobody is bound to, else `proxy`: one phone for two.
    Binding oneself anew (a lost phone, another account) ends the old tie. Saying it twice changes nothing.
    """
    standing = await Binding.current().get_or_none(openid=openid, person_id=person.id)
    if standing:
        return standing
    relation = relation or await _relation_of_newcomer(openid)
    if relation == "self":
        await Binding.current().filter(person_id=person.id, relation="self").update(until=now)
    await Account.get_or_create({"first_seen": now}, openid=openid)
    agreed = consent or (how if relation == "proxy" else "")
    tie = await Binding.create(openid=openid, person=person, relation=relation, how=how, since=now, consent=agreed)
    if relation == "self":
        await consents.move_to_person(openid, person)
    await note(by_person(person), "bound", now=now, subject=f"binding:{tie.id}", how=how, relation=relation)
    await tell_secretary(tie, person, now)
    return tie


async def undo(binding_id: int, reach: Reach, *, now: datetime) -> Person:
    """Staff end a tie that should not be; raises `access.unknown` outside their reach."""
    tie = await Binding.current().filter(id=binding_id).select_related("person").first()
    await require(reach, "bind", tie.person if tie else None)
    if tie is None:
        raise Refusal("access.unknown")
    tie.until = now
    await tie.save(update_fields=["until"])
    await note(by_person(reach.person_id), "unbound", now=now, subject=f"binding:{tie.id}", reason="undone")
    return tie.person


async def untie(openid: str, person: Person, *, now: datetime) -> None:
    """The account itself says it is not this person; nothing happens when it is not tied to them.

    The slip it used is good again: what was pressed by mistake costs nobody a new one.
    """
    ended = await Binding.current().filter(openid=openid, person_id=person.id).update(until=now)
    if ended:
        await BindingSlip.filter(used_by=openid, person_id=person.id).update(used_at=None, used_by=None)
        await note(by_person(person), "unbound", now=now, reason="untied")


async def tell_account(openid: str, say: str, *, once: str, now: datetime) -> None:
    """One sentence back to an account, in answer to what it asked for."""
    await post_notice(to_openid(openid), Letter(say, in_reply=True), once=once, now=now)


async def _relation_of_newcomer(openid: str) -> str:
    is_taken = await Binding.current().filter(openid=openid, relation="self").exists()
    return "proxy" if is_taken else "self"


async def community_or_root(openid: str) -> Organisation | None:
    """The community whose poster the account scanned, else the county."""
    account = await Account.get_or_none(openid=openid).prefetch_related("scanned")
    return account.scanned if account and account.scanned else await root()
