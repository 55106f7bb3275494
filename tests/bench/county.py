"""The rows of a whole county on PostgreSQL: queueing a notice to everybody, an urgent one meanwhile, an ordinary day.

Each part is a process of its own, so that its memory is its own: `python -m tests.bench.county PART URL FOLDER MANY`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import aiohttp
import asyncpg
import uvloop

from delivery.outbox import URGENT, Letter, post_notice, to_person
from kit import clock, log
from kit.clock import local_day
from models.database import connection, transaction
from models.outreach.notices import Broadcast
from models.people.members import Person
from models.people.organisation import Role
from scheduler.care.visits import plan_visits
from scheduler.outreach.broadcasts import spread
from services.care.visits.passing import NEVER
from services.people import organisation
from tests.bench import postgres
from tests.bench.delivering import TEMPLATE
from tests.bench.house import Place, prepared
from tests.bench.inside import deps
from tests.bench.servers import OTHER_CORE, SERVER_CORE, pin
from tests.bench.table import Row
from tests.bench.town import Town

WHOLE, FIRST_LOOK, SMALL = 1_000_000, 20_000, 10_000
COMMUNITIES = 100
_AT_ONCE = 50_000
REACHABLE = 4000
"""So many of the first have a telephone of the pretend platform: what goes out while the urgent ones are measured."""
URGENT_ONES = 100
PLATFORM_PORT, HOUSE_PORT = 8396, 8397
MOST_MEBIBYTES = 300


async def rows(server: str, folder: Path, many: int) -> list[Row]:
    """All rows of a county of so many people."""
    found: list[Row] = []
    for part, size in (("queueing", many), ("planning", min(SMALL, many)), ("planning", many)):
        async with postgres.database(server) as url:
            found += await asyncio.to_thread(_run, part, url, folder / f"{part}{size}", size)
    return [*found, _growth([row for row in found if "rows read" in row.what], min(SMALL, many), many)]


def _run(part: str, url: str, folder: Path, many: int) -> list[Row]:
    command = [sys.executable, "-m", "tests.bench.county", part, url, str(folder), str(many)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"{part} did not run")
    return [Row(**known) for known in json.loads(done.stdout.splitlines()[-1])]


def _growth(reads: list[Row], few: int, many: int) -> Row:
    small, large = reads[0].figure, reads[-1].figure
    return Row(f"county: rows read, {few:,} → {many:,} members", large / max(small, 1), "×", f"people × {many / few:g}")


@asynccontextmanager
async def _county(url: str, folder: Path, many: int) -> AsyncIterator[datetime]:
    """A county whose planner has seen its rules, with so many members whose days are spread over the year."""
    now = clock.now()
    async with prepared(Place(folder, url), Town(is_planned=False), now):
        await plan_visits.run(now, deps(folder))
        await _people(many, now)
        yield now


async def _people(many: int, now: datetime) -> None:
    """Straight into the table: a hundred communities with a branch, a secretary and a worker each."""
    async with transaction():
        county = await organisation.add("县", "county_work_committee", phone="19900000100")
        chief = await Person.create(name="陈十全", standing="staff")
        await Role.create(person=chief, role="county_worker", organisation=county)
        branches = []
        for number in range(COMMUNITIES):
            community = await organisation.add(f"社区{number}", "community_committee", parent=county)
            branch = await organisation.add(f"支部{number}", "estate_branch", parent=community)
            for role, place in (("community_worker", community), ("branch_secretary", branch)):
                officer = await Person.create(name=f"{role}{number}", standing="staff")
                await Role.create(person=officer, role=role, organisation=place)
            branches.append((community.id, branch.id))
        sql = (
            "INSERT INTO person (name, standing, state, sex, birth, birth_calendar, birth_leap, skills, opted_out, "
            "community_id, branch_id, estate, building, next_occasions_from) "
            "SELECT '赵一禾' || n, 'retiree', 'active', CASE n % 2 WHEN 0 THEN 'female' ELSE 'male' END, "
            # Each one's eightieth birthday comes into sight on the day on which the planner looks at them again.
            "to_char($5::date + 61 + (n % 365)::int - interval '80 years', 'YYYY-MM-DD'), "
            "'solar', false, '[]', '[]', ($2::int[])[1 + n % $4], ($3::int[])[1 + n % $4], '金桂花园', '1', "
            "$5::date + 61 + (n % 365)::int FROM generate_series($1::int, $6::int) AS n"
        )
    for first in range(1, many + 1, _AT_ONCE):
        communities, some = [one for one, _ in branches], [one for _, one in branches]
        last = min(many, first + _AT_ONCE - 1)
        known = [first, communities, some, len(branches), local_day(now), last]
        await connection().execute_query(sql, known)
    await Person.filter(standing="staff").update(next_occasions_from=NEVER)
    await connection().execute_query("ANALYZE")


async def queueing(url: str, folder: Path, many: int) -> list[Row]:
    """The notice to everybody, against COPY of its rows into a table with the same indexes; then urgent ones."""
    async with _county(url, folder, many) as now:
        chief = await Person.get(name="陈十全")
        county = await organisation.root()
        row = await Broadcast.create(
            author_id=chief.id, organisation_id=county.id if county else 1, text="明天上午9点在社区二楼开会。",
            audience={}, state="scheduled", created_at=now, send_at=now,
        )  # fmt: skip
        begun = time.perf_counter()
        counted = await spread(now, transaction)
        ours = counted["notices"] / (time.perf_counter() - begun)
        if counted["notices"] < many:
            raise SystemExit(f"queued {counted['notices']} of {many}")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs = await _copied(url, counted["notices"])
        name = f"county: a notice to {many:,} people, queued"
        found = [
            Row(name, ours, "rows/s", f"{ours / theirs:.2f} × COPY ({theirs:,.0f}/s)", ours / theirs, 0.25),
            Row("county: memory while queueing", memory, "MiB", "", None, MOST_MEBIBYTES, True),
        ]
        return [*found, await _urgent_row(url, folder, row.id)]


async def _copied(url: str, many: int) -> float:
    """Rows a second of PostgreSQL's own COPY."""
    held = await asyncpg.connect(url)
    try:
        taken = BytesIO()
        await held.copy_from_query("SELECT * FROM notice", output=taken, format="binary")
        taken.seek(0)
        await held.execute("CREATE TABLE notice_copied (LIKE notice INCLUDING ALL)")
        begun = time.perf_counter()
        await held.copy_to_table("notice_copied", source=taken, format="binary")
        spent = time.perf_counter() - begun
        await held.execute("DROP TABLE notice_copied")
        return many / spent
    finally:
        await held.close()


async def _urgent_row(url: str, folder: Path, broadcast_id: int) -> Row:
    """Urgent notices posted while the house sends the broadcast: from the commit to the platform's acceptance."""
    people = await Person.filter(standing="retiree").order_by("id").limit(REACHABLE).values_list("id", flat=True)
    openids = [f"oCounty{number:021}" for number in range(len(people))]
    await _bind([int(str(one)) for one in people], openids)
    waits: list[float] = []
    with _house(url, folder, openids):
        async with aiohttp.ClientSession() as http:
            before = await _until_sending(http)
            posted = await _post_urgent([int(str(one)) for one in people[-URGENT_ONES:]])
            arrived = await _arrivals(http, set(posted))
        waits = [arrived[one] - posted[one] for one in posted]
        sent = len(arrived)
    waits.sort()
    late = waits[int(len(waits) * 0.99) - 1]
    beside = f"p50 {waits[len(waits) // 2]:.2f} s, {sent} urgent, {before} of the broadcast sent before"
    return Row("county: urgent notice during it, p99", late, "s", beside, late, 5, True)


async def _bind(people: list[int], openids: list[str]) -> None:
    now = clock.now()
    async with transaction():
        await connection().execute_query(
            "INSERT INTO account (openid, follows, first_seen, allowance, mass_got, consented, seat) "
            "SELECT o, true, $2, 0, 0, '', '{}' FROM unnest($1::text[]) AS o", [openids, now],
        )  # fmt: skip
        await connection().execute_query(
            "INSERT INTO binding (openid, person_id, relation, consent, how, since) "
            "SELECT o, p, 'self', '', 'staff', $3 FROM unnest($1::text[], $2::int[]) AS t (o, p)",
            [openids, people, now],
        )


async def _post_urgent(people: list[int]) -> dict[str, float]:
    """One every now and then, from another process than the one that sends: (client_msg_id, moment of its commit)."""
    posted: dict[str, float] = {}
    letter = Letter("delivery.form_hint", {}, topic="same_day_shift", urgency=URGENT)
    for number in people:
        async with transaction():
            notice = await post_notice(to_person(number), letter, once=f"urgent:{number}", now=clock.now())
        posted[f"n{notice}"] = time.time()
        await asyncio.sleep(random.uniform(0.05, 0.35))
    return posted


@contextmanager
def _house(url: str, folder: Path, openids: list[str]) -> Iterator[None]:
    """The pretend platform and the real house, each a process."""
    place = Place(folder, url, api_base=f"http://127.0.0.1:{PLATFORM_PORT}")
    phones, county = folder / "phones.json", folder / "county.toml"
    shown = [{"openid": one, "name": f"phone {number}", "following": True} for number, one in enumerate(openids)]
    phones.write_text(json.dumps(shown), "utf-8")
    county.write_text(f'[notices]\nquiet = []\n[platform.templates]\n"*" = "{TEMPLATE}"\n', "utf-8")
    environment = {**os.environ, **place.environment(), "JINQIU_COUNTY": str(county)}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    platform = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", str(PLATFORM_PORT), "--phones", str(phones)],
        env=environment, **silent,
    )  # type: ignore[call-overload]  # fmt: skip
    house = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.servers", "all", str(HOUSE_PORT)], env=environment, **silent
    )  # type: ignore[call-overload]
    try:
        os.sched_setaffinity(platform.pid, {OTHER_CORE})
        yield
    finally:
        for process in (house, platform):
            process.terminate()
            process.wait(30)


async def _until_sending(http: aiohttp.ClientSession) -> int:
    """How many messages have gone out once some have."""
    for _ in range(300):
        sent = await _sent(http)
        if len(sent) >= 50:
            return len(sent)
        await asyncio.sleep(0.3)
    raise SystemExit("the house did not begin to send")


async def _arrivals(http: aiohttp.ClientSession, wanted: set[str]) -> dict[str, float]:
    for _ in range(200):
        seen = {row["client_msg_id"]: float(row["at"]) for row in await _sent(http) if row.get("client_msg_id")}
        if wanted <= set(seen):
            return {one: seen[one] for one in wanted}
        await asyncio.sleep(0.3)
    raise SystemExit(f"{len(wanted - set(seen))} urgent notices did not arrive within a minute")


async def _sent(http: aiohttp.ClientSession) -> list[dict[str, str]]:
    try:
        async with http.get(f"http://127.0.0.1:{PLATFORM_PORT}/sim/sent") as answer:
            found: list[dict[str, str]] = await answer.json()
            return found
    except aiohttp.ClientConnectionError:
        return []


async def planning(url: str, folder: Path, many: int) -> list[Row]:
    """An ordinary day: one member in 365 has something that comes into sight, the others must not be touched."""
    async with _county(url, folder, many) as now:
        before, begun = await _rows_read(), time.perf_counter()
        counted = await plan_visits.run(now + timedelta(days=1), deps(folder))
        spent = time.perf_counter() - begun
        read = await _rows_read() - before
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        name, made = f"county: an ordinary day for {many:,} members", counted.get("made", 0)
        return [
            Row(f"{name}, planned", spent, "s", f"{made:,} duties made", spent, 10, True),
            Row(f"{name}, rows read", float(read), "rows", f"{read / (many / 365):.1f} for each one due"),
            Row(f"{name}, memory", memory, "MiB", "", None, MOST_MEBIBYTES, True),
        ]


async def _rows_read() -> int:
    """What the database has read so far, by its own count; it is written down a moment after a transaction."""
    await asyncio.sleep(2)
    await connection().execute_query("SELECT pg_stat_clear_snapshot()")
    _, rows = await connection().execute_query(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS many FROM pg_stat_user_tables"
    )
    return int(rows[0]["many"])


if __name__ == "__main__":
    part, url, folder, many = sys.argv[1:5]
    pin(SERVER_CORE)
    log.configure()
    made = uvloop.run({"queueing": queueing, "planning": planning}[part](url, Path(folder), int(many)))
    print(json.dumps([asdict(row) for row in made]))
