"""Takes the manual's pictures of the desk: the small cast, a morning with something to do, and Chromium.

`python -m tests.manual.desk_pictures` writes docs/manual/pictures/desk-*.png. Needs Debian's chromium.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browsing import open_page  # noqa: E402  the tests' own tools lie beside this package
from cast import Cast, arrange  # noqa: E402
from console_site import Site  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.async_api import Page  # noqa: E402
from tortoise import Tortoise  # noqa: E402

from kit import clock  # noqa: E402
from kit.clock import local_day  # noqa: E402
from kit.county import CheckInNumbers, PostNumbers  # noqa: E402
from kit.vault import Vault  # noqa: E402
from models import database  # noqa: E402
from models.care.visits import VisitTask  # noqa: E402
from services.help import posts, wishes  # noqa: E402
from services.outreach import broadcasts  # noqa: E402
from services.people import access, check_in, login_codes  # noqa: E402

PICTURES = ROOT / "docs" / "manual" / "pictures"
PAGES = {
    "desk-home": "",
    "desk-approvals": "approvals",
    "desk-visits": "visits",
    "desk-people": "people?q=赵",
    "desk-notice": "broadcasts/1",
}
WIDTH, COLOURS = 900, 64


async def main() -> None:
    """A morning at the desk, photographed page by page."""
    await database.open_database("sqlite://:memory:", Vault(b"0123456789abcdef0123456789abcdef"))
    await Tortoise.generate_schemas(safe=False)
    cast = await arrange(clock.now())
    await _a_morning(cast)
    with tempfile.TemporaryDirectory() as folder:
        async with Site(folder=Path(folder)) as site, open_page(WIDTH) as page:
            await _photograph(page, site, cast)
    await database.close_database()


async def _a_morning(cast: Cast) -> None:
    now, today = clock.now(), local_day(clock.now())
    for days, subject, state in ((-2, cast.zhao, "overdue"), (3, cast.qian, "assigned")):
        day = today + timedelta(days=days)
        await VisitTask.create(
            kind="decade_birthday_visit", occasion="decade_birthday:80", subject=subject, due_on=day,
            window_from=day, assignee_id=cast.leader.id, state=state, made_at=now,
        )  # fmt: skip
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="3")
    await check_in.submit(cast.wang, application, now=now, numbers=CheckInNumbers())
    await posts.claim(cast.patrol, cast.qian, now=now, numbers=PostNumbers())
    await wishes.keep("order_service", wishes.Asking("oQian", cast.qian), now=now, words="水龙头滴水")
    reach = await access.reach_of(cast.worker, today)
    meant = await broadcasts.understood("桂花社区全体", cast.worker, reach, now=now)
    await broadcasts.draft(cast.worker, reach, meant, "周三上午9点在党群服务站二楼开会，请带老花镜。", now=now)


async def _photograph(page: Page, site: Site, cast: Cast) -> None:
    assert site.server is not None
    root = str(site.server.make_url("/console/"))
    await page.goto(root)
    await page.get_by_role("button", name="显示二维码").click()
    await page.wait_for_selector("#digits")
    await _keep(page, "desk-login")
    printed = await login_codes.make_code(cast.worker, now=clock.now())
    await page.goto(root + "login")
    await page.get_by_label("登录码").fill(printed.code)
    await page.get_by_label("登录码").press("Enter")
    await page.wait_for_selector(".morning")
    for picture, path in PAGES.items():
        await page.goto(root + path)
        await _keep(page, picture)


async def _keep(page: Page, picture: str) -> None:
    taken = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    taken.quantize(COLOURS).save(PICTURES / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
