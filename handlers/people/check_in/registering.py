"""报到: a retiree registers with the community by chat, or somebody does it for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import KNOWN, Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.reply import confirm as read_back
from conversation.router import CONSENT, WHOM
from conversation.understanding import read, spoken_number
from handlers.people.binding import clean_name
from handlers.people.check_in.changing import BEFORE, home_in, read_back_before
from handlers.people.check_in.router import router
from kit.errors import Refusal
from services.help import wishes
from services.people import access, check_in, members, organisation
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.check_in import CheckIn
    from models.people.members import Person
    from models.people.organisation import Organisation

MOST_COMMUNITIES = 5


@router.intent("check_in", "my_check_in", needs=(CONSENT, WHOM))
async def start(ctx: Context) -> Reply:
    """Begin to check in, with whatever was said already; somebody checked in hears so."""
    meant = await _meant(ctx)
    known = await check_in.latest_of(meant.person) if meant.person and not _is_moving(ctx) else None
    if known is not None and known.state in (*check_in.WAITING, check_in.ACCEPTED):
        return await _standing(known)
    community = await _said_community(ctx)
    home = await _said_home(ctx, meant.person)
    return begin("check_in", **meant.answers, community=community.id if community else None, home=home)


@router.action(needs=(CONSENT, WHOM))
async def on_behalf(ctx: Context) -> Reply:
    """给王百川报到, 替老伴报到: for somebody else, whose name is the first question where it was not said."""
    if ctx.slots.get("name"):
        return await start(ctx)
    is_staff = ctx.member is not None and (await access.reach_of(ctx.member, ctx.today)).is_staff
    return begin("check_in", source="staff" if is_staff else "proxy")


def _is_moving(ctx: Context) -> bool:
    return any(word in ctx.text for word in section("check_in", "words")["moving"])


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a registration is about: somebody known, or a name, and who speaks for them."""

    person: Person | None
    name: str | None
    source: str

    @property
    def answers(self) -> Mapping[str, object]:
        """What the dialog knows of this before its first question."""
        if self.person is None:
            return {"name": self.name, "source": self.source}
        phone = self.person.phone or None
        return {"person": self.person.id, "name": self.person.name, "phone": phone, "source": self.source}


async def _meant(ctx: Context) -> Meant:
    """The person bound, or whom they name: a resident for a community worker, else somebody they speak for."""
    said = members.said_name(ctx.slots.get("name") or "")
    if ctx.member is None:
        return Meant(None, said, "self")
    if (said is None and ctx.member.is_member) or said == ctx.member.name:
        return Meant(ctx.member, None, _relation(ctx))
    reach = await access.reach_of(ctx.member, ctx.today)
    if not reach.is_staff:
        return Meant(None, said, "proxy")
    found = await members.named(said, beneath=reach.paths("check_in", "subtree")) if said else []
    return Meant(found[0] if len(found) == 1 else None, said, "staff")


def _relation(ctx: Context) -> str:
    return next((one.relation for one in ctx.speakers if one.person == ctx.member), "self")


async def _standing(row: CheckIn) -> Reply:
    if row.state == check_in.ACCEPTED:
        return await _accepted_already(row)
    return say("check_in.still_waiting", day=spoken_day(row.due_on), phone=await _community_phone(row.community_id))


async def _accepted_already(row: CheckIn) -> Reply:
    choices = [
        Choice(render("check_in.show_certificate"), "check_in.my_certificate"),
        Choice(render("check_in.moved"), "check_in.moved"),
    ]
    place = await organisation.by_id(row.community_id)
    return menu("check_in.done_already", choices, community=place.name)


@router.action(needs=(CONSENT, WHOM))
async def moved(ctx: Context) -> Reply:
    """Somebody moved house: check in anew; the old registration is left when the new one is accepted."""
    return begin("check_in", **(await _meant(ctx)).answers)


async def _said_community(ctx: Context) -> Organisation | None:
    """The community that was named, scanned, or belongs to the estate that was named."""
    for slot in ("community", "estate"):
        if said := ctx.slots.get(slot):
            found = await organisation.community_called(said)
            if len(found) == 1:
                return found[0]
    return await organisation.community_by_id(ctx.account.scanned_id) if ctx.account.scanned_id else None


async def _said_home(ctx: Context, subject: Person | None) -> Mapping[str, str] | None:
    said = {name: ctx.slots[name] for name in ("estate", "building", "room") if ctx.slots.get(name)}
    if "estate" in said and "building" in said:
        return said
    if subject and subject.estate and subject.building and not _is_moving(ctx):
        return {"estate": subject.estate, "building": subject.building}
    return None


async def _clean_phone(ctx: Context, text: str) -> str:
    return members.clean_phone(text)


async def _clean_community(ctx: Context, text: str) -> int:
    """A community by name, by its estate, or by its number in the list."""
    listed = await organisation.communities()
    number = spoken_number(text)
    if number and number <= min(len(listed), MOST_COMMUNITIES):
        return listed[number - 1].id
    said = read(text).slots
    for name in (text.strip(), said.get("community"), said.get("estate")):
        found = await organisation.community_called(name) if name else []
        if len(found) == 1:
            return found[0].id
    raise Refusal("check_in.community_unknown", names=_names(listed))


def _is_for_another(answers: Answers) -> bool:
    return bool(answers.get("source", "self") != "self")


async def _whose(ctx: Context, answers: Answers) -> Mapping[str, object]:
    """Somebody who speaks for another is not asked for their own name."""
    return {"whose": render("check_in.somebody" if _is_for_another(answers) else "check_in.self")}


async def _community_facts(ctx: Context, answers: Answers) -> Mapping[str, object]:
    listed = (await organisation.communities())[:MOST_COMMUNITIES]
    lines = [f"{number} {place.name}" for number, place in enumerate(listed, 1)]
    return {"names": "\n".join(lines), **await _whose(ctx, answers)}


def _names(places: list[Organisation]) -> str:
    return render("words.comma").join(place.name for place in places[:MOST_COMMUNITIES])


def _home_too(text: str) -> Answers:
    """ "桂花社区金桂花园3栋" answers the next question as well."""
    home = home_in(text)
    return {"home": home} if len(home) > 1 else {}


async def _clean_home(ctx: Context, text: str) -> Mapping[str, str]:
    """Estate, building and room as far as they were said; at least an estate."""
    home = home_in(text)
    if not home:
        if len(text.strip()) < 2:
            raise Refusal("check_in.home_wanted")
        home = {"estate": text.strip()[:30]}
    return home


async def _clean_wishes(ctx: Context, text: str) -> str:
    return text.strip()[:150]


async def _ask_back(ctx: Context, answers: Answers) -> Reply:
    place = await organisation.by_id(int(answers["community"]))
    home = answers["home"]
    spoken = home.get("estate", "") + (
        render("check_in.building", building=home["building"]) if home.get("building") else ""
    )
    given = {name: value for name, value in answers.items() if name not in (KNOWN, BEFORE)}
    return read_back(
        "check_in.read_back_other" if _is_for_another(answers) else "check_in.read_back",
        "check_in.submit",
        no=Choice("", "check_in.change", given),
        args=given,
        name=answers["name"],
        community=place.name,
        home=spoken,
    )


def _is_stranger(answers: Answers) -> bool:
    return not answers.get("person")


router.dialog(
    Dialog(
        "check_in",
        (
            Step("name", "check_in.ask_name", clean_name, needed=_is_stranger, facts=_whose),
            Step("phone", "check_in.ask_phone", _clean_phone, needed=_is_stranger, facts=_whose),
            Step("community", "check_in.ask_community", _clean_community, facts=_community_facts, also=_home_too),
            Step("home", "check_in.ask_home", _clean_home, facts=_whose),
        ),
        _ask_back,
        back_to=read_back_before,
    )
)


@router.action(needs=(CONSENT,))
async def submit(ctx: Context) -> Reply:
    """Confirmed: handed in, and who answers by when."""
    said = ctx.chosen
    person = await _person(said)
    home = said["home"]
    application = check_in.Application(
        community_id=int(said["community"]),
        estate=home.get("estate"),
        building=home.get("building"),
        room=home.get("room"),
        source=str(said.get("source") or "self"),
        openid=ctx.openid if said.get("source") != "staff" else None,
    )
    row, _ = await check_in.submit(person, application, now=ctx.now, numbers=ctx.county.check_in)
    reply = say(
        "check_in.submitted_other" if _is_for_another(said) else "check_in.submitted",
        name=person.name,
        address=members.honorific(person, ctx.today),
        community=(await organisation.by_id(row.community_id)).name,
        day=spoken_day(row.due_on),
        phone=await _community_phone(row.community_id),
    )
    return reply.undoable("check_in.withdraw", check_in=row.id, person=person.id)


@router.action(needs=(CONSENT,))
async def withdraw(ctx: Context) -> Reply:
    """点错了 after handing in: nobody has to answer it."""
    person = await members.by_id(int(ctx.chosen["person"]))
    await check_in.withdraw(int(ctx.chosen["check_in"]), person, now=ctx.now)
    return say("check_in.withdrawn")


async def _person(said: Mapping[str, object]) -> Person:
    if said.get("person"):
        return await members.by_id(int(str(said["person"])))
    return await check_in.newcomer(str(said["name"]), str(said["phone"]))


@router.intent("my_certificate", needs=(CONSENT, WHOM))
async def my_certificate(ctx: Context) -> Reply:
    """The certificate once more, as a picture right after these words."""
    subject = ctx.member
    row = await check_in.accepted_of(subject) if subject else None
    if row is None or subject is None:
        return say("check_in.no_certificate")
    await check_in.send_certificate(row, subject, now=ctx.now, once=f"certificate:{row.id}:{ctx.message.identity}")
    return say("check_in.certificate_coming")


async def _community_phone(community_id: int) -> str:
    return (
        await organisation.phone_of(await organisation.by_id(community_id)) or await wishes.phone_for(None, None) or ""
    )
