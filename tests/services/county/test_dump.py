"""The dump shows every row once, sorted, by the names of the seed file, and nothing that is sealed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from cast import arrange

from delivery.outbox import Letter, post_notice, to_openid, to_person
from models.care.visits import VisitTask
from models.counters import count
from models.help.posts import PostHolding
from models.inbox import InboxMessage
from services.county import dump, seed

pytestmark = pytest.mark.usefixtures("db")


async def _rows(kind: str | None = None) -> list[dict[str, Any]]:
    found = [json.loads(line) async for line in dump.lines()]
    return [row for row in found if kind in (None, row["kind"])]


async def test_rows_are_sorted_by_kind_then_id(monday: datetime) -> None:
    await arrange(monday)
    order = [(row["kind"], row["id"]) for row in await _rows()]
    assert order == sorted(order)
    assert {"organisation", "member", "staff", "role", "post", "check_in", "consent"} <= {kind for kind, _ in order}


async def test_seeded_rows_are_named_by_their_key(monday: datetime) -> None:
    cast = await arrange(monday)
    zhao = next(row for row in await _rows("member") if row["key"] == "zhao")
    assert (zhao["branch"], zhao["community"], zhao["liaison"]) == ("jinguihua", "guihua", "leader")
    office = next(row for row in await _rows("role") if row["role"] == "branch_secretary")
    assert (office["member"], office["at"], office["from"]) == ("secretary", "jinguihua", "2026-01-01")
    await PostHolding.create(post=cast.post, person=cast.zhao, state="active", claimed_at=monday)
    (holding,) = await _rows("holding")
    assert (holding["post"], holding["member"], holding["state"]) == (cast.post.id, "zhao", "active")


async def test_a_post_with_a_key_is_named_by_it(monday: datetime) -> None:
    cast = await arrange(monday)
    posts = [{"key": "p8", "number": 8, "title": "驿站值守员", "organisation": "guihua"}]
    await seed.load({"posts": posts}, now=monday)
    (post,) = [row for row in await _rows("post") if row["number"] == 8]
    assert post["key"] == "p8"
    await PostHolding.create(post_id=post["id"], person=cast.zhao, claimed_at=monday)
    assert [row["post"] for row in await _rows("holding")] == ["p8"]


async def test_what_is_sealed_is_three_stars(monday: datetime) -> None:
    await arrange(monday)
    zhao = next(row for row in await _rows("member") if row["key"] == "zhao")
    assert (zhao["phone"], zhao["lives_alone"], zhao["room"], zhao["mobility"]) == ("***", "***", "***", None)
    text = "\n".join([line async for line in dump.lines()])
    assert "19900000001" not in text
    assert "赵小禾" not in text
    assert "v1." not in text


async def test_the_kind_of_a_row_does_not_hide_its_own_kind(monday: datetime) -> None:
    cast = await arrange(monday)
    await VisitTask.create(kind="festival_visit", occasion="double_ninth:2026", subject=cast.zhao,
                           due_on=monday.date(), window_from=monday.date(), made_at=monday)  # fmt: skip
    (task,) = await _rows("visit_task")
    assert (task["visit_task_kind"], task["subject"]) == ("festival_visit", "zhao")
    assert {"community_committee", "estate_branch"} <= {row["organisation_kind"] for row in await _rows("organisation")}


async def test_a_notice_names_whom_it_is_for(monday: datetime) -> None:
    cast = await arrange(monday)
    await post_notice(to_person(cast.zhao), Letter("binding.checked"), once="a", now=monday)
    await post_notice(to_openid("oStranger"), Letter("binding.checked"), once="b", now=monday)
    notices = {row["business_key"]: row for row in await _rows("notice")}
    assert (notices["a"]["recipient"], notices["b"]["recipient"]) == ("zhao", "oStranger")
    assert {"channel", "state", "outcome", "reason", "attempts"} <= notices["a"].keys()


async def test_a_parked_message_is_in_the_inbox_and_among_the_parked(monday: datetime) -> None:
    common = {"openid": "oZhao", "created": monday, "received_at": monday}
    await InboxMessage.create(identity="23425", kind="text", state="parked", **common)
    await InboxMessage.create(identity="17000.click.MENU", kind="click", **common)
    assert [(row["msg_id"], row["event_key"]) for row in await _rows("inbox")] == [
        ("23425", None),
        (None, "17000.click.MENU"),
    ]
    assert [row["msg_id"] for row in await _rows("parked")] == ["23425"]


async def test_counters_that_never_moved_are_zero() -> None:
    await count("received", 2)
    counted = await dump.counters()
    assert (counted["received"], counted["duplicate"]) == (2, 0)
