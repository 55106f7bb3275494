"""A person's own things, gathered from every capability for the person alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from delivery.wording import title_of
from kit.clock import local_day
from models.care.safe import note_safe
from models.care.visits import VisitTask
from models.help.posts import HOLDING_A_PLACE, PostHolding
from models.help.wishes import Alarm, Wish
from models.outreach.calls import Call
from models.outreach.notices import ACCEPTED, Notice
from models.people.check_in import CheckIn
from models.people.members import Person

_LATELY = timedelta(days=2)
_LISTED = 3


async def summary(person: Person) -> list[tuple[str, int]]:
    """(what, how many) of everything that is this person's, without what there is none of."""
    counted = [
        ("alarms", await Alarm.filter(taken_by_id=person.id, state="taken").count()),
        ("visits", await VisitTask.open_tasks().filter(assignee_id=person.id).count()),
        ("calls", await Call.filter(keeper_id=person.id, state="open").count()),
        ("wishes", await Wish.filter(keeper_id=person.id, state="open").count()),
        (
            "posts",
            await PostHolding.filter(person_id=person.id, state__in=[*HOLDING_A_PLACE, "waitlisted"]).count(),
        ),
        (
            "check_in",
            await CheckIn.filter(person_id=person.id, state__in=["submitted", "under_review", "accepted"]).count(),
        ),
    ]
    found = [(name, count) for name, count in counted if count]
    return found if any(name == "posts" for name, _ in found) else [*found, ("browse", 0)]


async def safe_today(person: Person, *, written: int) -> None:
    """Note 报平安 for the local day on which it was written (promise R5); twice a day counts once."""
    await note_safe(person.id, local_day(datetime.fromtimestamp(written, UTC)))


async def opt_out(person: Person, topic: str) -> None:
    """No more notices of this topic."""
    person.opted_out = sorted({*person.opted_out, topic})
    await person.save(update_fields=["opted_out"])


async def opt_in(person: Person, topic: str) -> None:
    """Notices of this topic again."""
    person.opted_out = [one for one in person.opted_out if one != topic]
    await person.save(update_fields=["opted_out"])


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that really went from here: when the platform took it, and what kind of notice it was."""

    at: datetime
    title: str


async def sent_lately(openid: str, person_ids: list[int], *, now: datetime) -> list[Sent]:
    """What really went from here to this account in the last two days, the newest first."""
    recipients = [f"openid:{openid}", *(f"person:{one}" for one in person_ids)]
    went = Notice.filter(recipient__in=recipients, state=ACCEPTED, accepted_at__gte=now - _LATELY)
    return [Sent(one.accepted_at, title_of(one)) for one in await went.order_by("-accepted_at", "-id").limit(_LISTED)]
