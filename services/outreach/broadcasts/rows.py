"""The rows of broadcasts as other steps read them: states, business keys, and who may open which."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kit.errors import Refusal
from models.outreach.notices import Broadcast
from models.people.members import Person
from models.people.organisation import Organisation
from services.outreach import audience
from services.people import access, organisation

DRAFT, NEEDS_SECOND, SCHEDULED, SPREAD, CANCELLED = "draft", "needs_second", "scheduled", "spread", "cancelled"
WRITTEN = (NEEDS_SECOND, SCHEDULED, SPREAD)
MOST_ROUNDS = 3
LIFE_OF_A_DRAFT = timedelta(days=1)


def key_of(row: Broadcast, number: int) -> str:
    """The business key of one round: `broadcast:7`, later `broadcast:7:round:2`."""
    return f"broadcast:{row.id}" if number == 1 else f"broadcast:{row.id}:round:{number}"


def round_of(row: Broadcast) -> int:
    """Which round stands now; 1 is the first."""
    return int(row.audience.get("round", 1))


def keys_of(row: Broadcast) -> tuple[str, ...]:
    """The business keys of all rounds so far."""
    return tuple(key_of(row, number) for number in range(1, round_of(row) + 1))


def audience_now(row: Broadcast) -> audience.Audience:
    """Whom the round that stands now is for: from the second on those of the first who have not answered."""
    if round_of(row) == 1:
        return audience.audience_of(row.audience)
    earlier = tuple(key_of(row, number) for number in range(1, round_of(row)))
    return audience.Audience(earlier=earlier, standing_in_it=audience.UNANSWERED)


def invites(row: Broadcast) -> bool:
    """Whether it asks who comes (回复1参加), and not only whether it was read."""
    return bool(row.audience.get("invites"))


async def reach_of_author(row: Broadcast, on: date) -> access.Reach:
    """How far the author reaches today: an office that ended meanwhile no longer counts."""
    author = await Person.get_or_none(id=row.author_id, state="active")
    return await access.reach_of(author, on) if author else access.Reach(row.author_id)


async def broadcasts_of(reach: access.Reach, limit: int = 5) -> list[Broadcast]:
    """What was written in this person's subtree and not dropped, newest first."""
    places = access.visible(reach, Organisation.all(), "broadcast")
    ids = await places.values_list("id", flat=True)
    return await Broadcast.filter(organisation_id__in=ids, state__in=WRITTEN).order_by("-id").limit(limit)


async def latest_of(author_id: int) -> Broadcast | None:
    """What this person wrote last and did not drop."""
    return await Broadcast.filter(author_id=author_id, state__in=WRITTEN).order_by("-id").first()


async def pending_of(author_id: int) -> Broadcast | None:
    """What this person wrote and nobody has got yet."""
    rows = Broadcast.filter(author_id=author_id, state__in=(NEEDS_SECOND, SCHEDULED), spread_until_person=0)
    return await rows.order_by("-id").first()


async def open_one(broadcast_id: int, reach: access.Reach) -> Broadcast:
    """One broadcast of this person's subtree; raises `access.unknown` for anybody else's."""
    row = await Broadcast.get_or_none(id=broadcast_id)
    place = await Organisation.get_or_none(id=row.organisation_id) if row else None
    await access.require(reach, "broadcast", place)
    if row is None:
        raise Refusal("access.unknown")
    return row


async def own_one(broadcast_id: int, author_id: int) -> Broadcast:
    """One broadcast this person wrote; raises `access.unknown` for anybody else's."""
    row = await Broadcast.get_or_none(id=broadcast_id, author_id=author_id)
    if row is None:
        raise Refusal("access.unknown")
    return row


async def place_of(row: Broadcast) -> Organisation:
    """The place in whose name it is sent."""
    return await organisation.by_id(row.organisation_id)


async def author_name(row: Broadcast) -> str:
    """Who wrote it, for those who may open it."""
    return (await Person.get(id=row.author_id)).name


async def scheduled(until: datetime) -> list[Broadcast]:
    """What was decided and goes out by then, the earliest first."""
    return await Broadcast.filter(state=SCHEDULED, send_at__lte=until).order_by("send_at", "id")


async def is_for(row: Broadcast, person: Person, *, on: date) -> bool:
    """Whether the person is among those it goes to, as things stand now."""
    meant, reach = audience_now(row), await reach_of_author(row, on)
    page = await audience.page_of(meant, reach, on, after=person.id - 1, limit=1)
    return person.id in page.ids
