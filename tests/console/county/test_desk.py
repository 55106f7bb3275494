"""The pages of the desk: what waits is counted, shown to those whose task it is, and settled with a click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from kit import clock
from kit.clock import local_day
from kit.county import CheckInNumbers, PostNumbers
from models.care.visit_settings import VisitSetting
from models.care.visits import VisitTask
from models.help.posts import PostHolding
from models.outreach.notices import Broadcast, Notice
from models.people.access import AuditEntry
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Role
from services.care import visits
from services.help import posts, wishes
from services.people import check_in

pytestmark = pytest.mark.usefixtures("db")

PATHS = (
    "",
    "people",
    "imports",
    "exports",
    "printing",
    "me",
    "visits",
    "visits/rules",
    "approvals",
    "calls",
    "organisation",
    "organisation/gaps",
    "posts",
    "questions",
    "broadcasts",
    "pictures",
    "operations",
)


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    """The branch secretary at the desk."""
    return await with_code(site, cast.secretary)


async def _duty(person: Person, days: int, assignee: Person) -> VisitTask:
    day = local_day(clock.now()) + timedelta(days=days)
    return await VisitTask.create(
        kind="decade_birthday_visit",
        occasion=f"decade_birthday:{day.year}:80",
        subject=person,
        due_on=day,
        window_from=day,
        assignee_id=assignee.id,
        state="assigned",
        made_at=clock.now(),
    )


async def _applied(cast: Cast) -> CheckIn:
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="3")
    row, _ = await check_in.submit(cast.wang, application, now=clock.now(), numbers=CheckInNumbers())
    return row


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_opens_for_the_secretary(desk: Browser, path: str) -> None:
    shown = await desk.look(f"/console/{path}")
    assert shown.status == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_opens_for_the_county(site: Site, cast: Cast, path: str) -> None:
    chief = await with_code(site, cast.chief)
    assert (await chief.look(f"/console/{path}")).status == 200


async def test_the_first_page_counts_what_is_overdue(desk: Browser, cast: Cast) -> None:
    await _duty(cast.zhao, -2, cast.leader)
    shown = await desk.look("/console/")
    assert "过了日子还没看望的</span> <b>1</b>" in shown.text


async def test_a_visit_is_recorded_and_leaves_the_list(desk: Browser, cast: Cast) -> None:
    task = await _duty(cast.zhao, -2, cast.secretary)
    assert "赵一禾" in (await desk.look("/console/visits?which=overdue")).text
    sent = await desk.send(f"/console/visits/{task.id}", result="visited", line="精神很好", which="overdue")
    assert sent.status == 303
    assert "赵一禾" not in (await desk.look(sent.headers["Location"])).text


async def test_the_county_sees_a_masked_name_in_what_has_not_risen(site: Site, cast: Cast) -> None:
    await _duty(cast.zhao, -2, cast.leader)
    shown = await (await with_code(site, cast.chief)).look("/console/visits?which=overdue")
    assert "赵*" in shown.text
    assert "赵一禾" not in shown.text


async def test_people_are_found_as_one_types_and_masked(desk: Browser) -> None:
    assert "赵一禾" in (await desk.look("/console/people?q=赵", **{"HX-Request": "true"})).text
    assert "赵一禾" in (await desk.look("/console/people?q=19900000001")).text
    assert "赵一禾" not in (await desk.look("/console/people?q=%25")).text


async def test_a_page_of_a_person_shows_neither_number_nor_room(desk: Browser, cast: Cast) -> None:
    shown = await desk.look(f"/console/people/{cast.zhao.id}")
    assert "199****0001" in shown.text
    assert not any(private in shown.text for private in ("19900000001", "301", "1946-02-09"))


async def test_a_look_behind_the_mask_needs_a_reason_and_stands_in_the_book(desk: Browser, cast: Cast) -> None:
    path = f"/console/people/{cast.zhao.id}"
    await desk.look(path)
    assert (await desk.send(path, field="phone", reason=" ")).status == 422
    assert "19900000001" in (await desk.send(path, field="phone", reason="要打电话通知开会")).text
    looked = await AuditEntry.filter(action="unmasked", subject=f"person:{cast.zhao.id}")
    assert [row.reason for row in looked] == ["要打电话通知开会"]


async def test_not_yours_looks_like_not_there(desk: Browser, cast: Cast) -> None:
    foreign, missing = await desk.look(f"/console/people/{cast.feng.id}"), await desk.look("/console/people/99999")
    assert (foreign.status, missing.status) == (404, 404)
    assert foreign.text == missing.text


async def test_a_check_in_is_accepted_with_one_click(site: Site, cast: Cast) -> None:
    row = await _applied(cast)
    worker = await with_code(site, cast.worker)
    assert "王百川" in (await worker.look("/console/approvals")).text
    assert (await worker.send(f"/console/approvals/check-ins/{row.id}/accept")).status == 303
    assert (await CheckIn.get(id=row.id)).state == "accepted"


async def test_giving_back_wants_a_reason(site: Site, cast: Cast) -> None:
    row = await _applied(cast)
    worker = await with_code(site, cast.worker)
    await worker.look("/console/approvals")
    refused = await worker.send(f"/console/approvals/check-ins/{row.id}/return", reason=" ")
    assert refused.status == 422
    assert "原因" in refused.text
    await worker.send(f"/console/approvals/check-ins/{row.id}/return", reason="少了楼栋")
    assert (await CheckIn.get(id=row.id)).state == "returned"


async def test_a_claim_is_agreed_to(site: Site, cast: Cast) -> None:
    await posts.claim(cast.patrol, cast.qian, now=clock.now(), numbers=PostNumbers())
    worker = await with_code(site, cast.worker)
    await worker.look("/console/approvals")
    holding = await PostHolding.get()
    assert (await worker.send(f"/console/approvals/claims/{holding.id}/agree")).status == 303
    assert (await PostHolding.get()).state == "active"


async def test_a_question_is_read_and_closed(desk: Browser, cast: Cast) -> None:
    kept = await wishes.keep("order_service", wishes.Asking("oQian", cast.qian), now=clock.now(), words="水龙头滴水")
    assert kept.keeper is not None
    assert "水龙头" not in (await desk.look("/console/questions")).text
    page = await desk.look(f"/console/questions/{kept.wish.id}")
    if kept.keeper.id == cast.secretary.id:
        assert "水龙头滴水" in page.text
        assert (await desk.send(f"/console/questions/{kept.wish.id}")).status == 303
    else:
        assert page.status == 404


async def test_a_notice_is_looked_at_before_it_goes(desk: Browser) -> None:
    await desk.look("/console/broadcasts")
    sent = await desk.send("/console/broadcasts", audience="金桂花园全体", message="周三上午9点在党群服务站开会")
    assert sent.status == 303
    page = await desk.look(sent.headers["Location"])
    assert "周三上午9点" in page.text
    assert (await Broadcast.get()).state == "draft"
    await desk.send(sent.headers["Location"] + "/send")
    assert (await Broadcast.get()).state == "scheduled"
    await desk.send(sent.headers["Location"] + "/cancel")
    assert (await Broadcast.get()).state == "cancelled"


async def test_a_second_person_agrees_at_the_desk_and_the_author_cannot(site: Site, desk: Browser, cast: Cast) -> None:
    await desk.look("/console/broadcasts")
    sent = await desk.send("/console/broadcasts", audience="金桂花园全体", message="周三上午9点在党群服务站开会")
    path = sent.headers["Location"]
    await Broadcast.all().update(state="needs_second")
    worker = await with_code(site, cast.worker)
    assert (await desk.send(f"{path}/agree")).status == 404
    assert "同意发" not in (await desk.look(path)).text
    assert "同意发" in (await worker.look(path)).text
    assert (await worker.send(f"{path}/agree")).status == 303
    assert (await Broadcast.get()).state == "scheduled"


async def test_an_audience_nobody_knows_is_refused_in_words(desk: Browser) -> None:
    await desk.look("/console/broadcasts")
    refused = await desk.send("/console/broadcasts", audience="月亮小区", message="开会开会")
    assert refused.status == 422
    assert "没有办成" in refused.text


async def test_an_answer_typed_at_the_desk_is_read_in_the_chat(site: Site, cast: Cast) -> None:
    kept = await wishes.keep("order_service", wishes.Asking("oQian", cast.qian), now=clock.now(), words="水龙头滴水")
    assert kept.keeper is not None
    keeper = await with_code(site, kept.keeper)
    assert "回一句话" in (await keeper.look(f"/console/questions/{kept.wish.id}")).text
    sent = await keeper.send(f"/console/questions/{kept.wish.id}", answer=" 周三上午  有人来修 ")
    assert sent.status == 303
    notice = await Notice.get(recipient="openid:oQian", say="wishes.reply")
    assert "周三上午 有人来修" in str(notice.facts)


async def test_an_open_post_is_given_from_the_list_itself(site: Site, cast: Cast) -> None:
    worker = await with_code(site, cast.worker)
    assert f"代认领{cast.patrol.number}号" in (await worker.look("/console/posts")).text
    assert (await worker.send(f"/console/posts/{cast.patrol.id}", name="钱二梅")).status == 303
    assert (await PostHolding.get()).person_id == cast.qian.id
    assert (await worker.send(f"/console/posts/{cast.patrol.id}", name="谁也不是")).status == 422
    assert (await worker.send("/console/posts/99999", name="钱二梅")).status == 404


async def test_a_post_of_others_is_not_given_away(site: Site, cast: Cast) -> None:
    await Role.create(person=cast.feng, role="branch_secretary", organisation=cast.other_branch)
    other = await with_code(site, cast.feng)
    await other.look("/console/posts")
    assert (await other.send(f"/console/posts/{cast.patrol.id}", name="冯九思")).status == 404
    assert not await PostHolding.exists()


async def test_a_rule_is_seen_by_name_before_it_counts_and_only_the_county_changes_it(
    site: Site, cast: Cast, desk: Browser
) -> None:
    number = list(visits.BLANKS).index("festival_window_days") + 1
    at, chief = f"/console/visits/rules/{number}", await with_code(site, cast.chief)
    shown = await chief.look(f"{at}?to=20")
    assert "赵一禾" in shown.text
    assert not await VisitSetting.all().exists()
    assert (await chief.look(f"{at}?to=")).status == 422
    assert (await chief.look(f"{at}?to=61")).status == 422
    assert "由县里定" in (await desk.look(f"{at}?to=20")).text
    assert (await desk.send(at, to="20")).status == 422
    assert (await chief.send(at, to="20")).status == 303
    assert (await VisitSetting.get(name="festival_window_days")).value == 20
    assert "节前20天起可以去看望" in (await desk.look("/console/visits/rules")).text
