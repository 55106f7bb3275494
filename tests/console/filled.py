"""A desk with something on each of its lists, as often as is wanted."""

from __future__ import annotations

from datetime import timedelta

from cast import Cast

from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from models.help.posts import PostHolding, ServicePost
from models.help.wishes import Wish
from models.outreach.calls import PHONE, Call
from models.outreach.notices import Broadcast, Notice
from models.people.access import AuditEntry
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Organisation


async def _people(cast: Cast, first: int, last: int) -> list[Person]:
    """Members of the community, each without a liaison and in an estate without a branch."""
    await Person.bulk_create(
        [Person(key=f"many-{number}", name=f"何{number}", branch=cast.branch, community=cast.community,
                estate=f"{number % 40}号小区", building=f"{number}号楼", birth="1950-01-01")
         for number in range(first, last)]
    )  # fmt: skip
    return await Person.filter(key__startswith="many-").order_by("-id").limit(last - first)


async def everything(cast: Cast, first: int, last: int) -> None:
    """For each person a duty, an application, a claim, a call, a question, a deed, a place and a broadcast."""
    now, people = clock.now(), await _people(cast, first, last)
    today = local_day(now)
    await VisitTask.bulk_create(
        [VisitTask(kind="decade_birthday_visit", occasion=f"decade_birthday:{one.id}", subject=one,
                   due_on=today - timedelta(days=1), window_from=today, assignee_id=cast.secretary.id,
                   state="assigned", made_at=now) for one in people]
    )  # fmt: skip
    await CheckIn.bulk_create(
        [CheckIn(person=one, community=cast.community, state="submitted", submitted_at=now, due_on=today)
         for one in people]
    )  # fmt: skip
    await PostHolding.bulk_create(
        [PostHolding(post=cast.post, person=one, state="pending", claimed_at=now) for one in people]
    )
    await Wish.bulk_create(
        [Wish(kind="order_service", person_id=one.id, organisation_id=cast.community.id, keeper_id=cast.worker.id,
              made_at=now) for one in people]
    )  # fmt: skip
    await _told(cast, people)
    await _places(cast, first, last)


async def _told(cast: Cast, people: list[Person]) -> None:
    now = clock.now()
    await Broadcast.bulk_create(
        [Broadcast(author_id=cast.worker.id, organisation_id=cast.community.id, text="开会",
                   audience={"paths": [cast.community.path]}, state="spread", created_at=now) for _ in people]
    )  # fmt: skip
    ids = await Broadcast.all().order_by("-id").limit(len(people)).values_list("id", flat=True)
    await Notice.bulk_create(
        [Notice(business_key=f"broadcast:{number}", recipient=f"person:{one.id}", person_id=one.id, state="accepted",
                say="delivery.form_hint", due_at=now, next_try_at=now, queued_at=now)
         for number, one in zip(ids, people, strict=True)]
    )  # fmt: skip
    found = await Notice.filter(person_id__in=[one.id for one in people]).values_list("id", "person_id")
    await Call.bulk_create(
        [Call(notice_id=notice, person_id=person, why="no_window", way=PHONE, keeper_id=cast.worker.id, made_at=now,
              since=now, next_at=now) for notice, person in found]
    )  # fmt: skip
    subject = f"person:{cast.zhao.id}"
    await AuditEntry.bulk_create(
        [AuditEntry(at=now, actor=f"person:{one.id}", action="on_behalf", subject=subject) for one in people]
    )


async def _places(cast: Cast, first: int, last: int) -> None:
    for number in range(first, min(last, first + 20)):
        name, path = f"{number}号楼党小组", f"{cast.branch.path}{number + 9000}/"
        await Organisation.create(id=number + 9000, name=name, kind="building_group", parent=cast.branch, path=path)
    await ServicePost.bulk_create(
        [ServicePost(number=100 + number, title="值守", organisation=cast.community, slots=3)
         for number in range(first, last)]
    )  # fmt: skip
