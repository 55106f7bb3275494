"""The phones page in a real browser: follow, write, tap, scan, receive, break, move the clock."""

import shutil
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
VISIT = "VisitReminder_00000000000000000000000000Sim"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THE PATH: the phones page was NOT tested"),
]

MENU = [
    {"name": "报到", "type": "click", "key": "check_in"},
    {"name": "服务", "sub_button": [{"name": "认领岗位", "type": "click", "key": "posts"}]},
]


class Table:
    """The open page with its phones, and everything the browser complained about or asked for."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        self.hosts = set()
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def phone(self, name):
        return self.page.get_by_role("region", name=f"{name}的手机", exact=True)

    def chat(self, name):
        return self.phone(name).get_by_role("log")

    async def say(self, name, words):
        await self.phone(name).get_by_role("textbox").fill(words)
        await self.phone(name).get_by_role("textbox").press("Enter")


@pytest.fixture
async def table(bench):
    await bench.call("/cgi-bin/menu/create", {"button": MENU})
    async with async_playwright() as tool:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"]
        browser = await tool.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        opened = Table(page)
        await page.goto(str(bench.client.make_url("/")))
        await page.wait_for_selector("body[data-ready]")
        yield opened
        await browser.close()
    assert opened.complaints == []
    assert opened.hosts == {f"{bench.client.host}:{bench.client.port}"}


async def test_a_stranger_follows_writes_and_taps(bench, table):
    await table.phone("孙三木").get_by_role("button", name="关注公众号").click()
    await expect(table.chat("孙三木")).to_contain_text("subscribe")
    await table.say("孙三木", "报到")
    await expect(table.chat("孙三木").locator(".reply .bubble").last).to_have_text("报到")
    await table.phone("孙三木").get_by_role("button", name="服务", exact=True).click()
    await table.phone("孙三木").get_by_role("button", name="认领岗位").click()
    await expect(table.chat("孙三木").locator(".reply .bubble").last).to_have_text("CLICK")
    assert bench.receiver.pushes[-1]["EventKey"] == "posts"


async def test_pictures_cards_and_messages_arrive_by_themselves(bench, table):
    await table.say("赵一禾", "你好")
    phone = table.phone("赵一禾")
    await phone.get_by_role("button", name="更多功能").click()
    await phone.get_by_role("button", name="图片", exact=True).click()
    picture = table.chat("赵一禾").locator(".picture img")
    await expect(picture).to_have_js_property("naturalWidth", 480)
    values = {"thing1": "钱二梅", "thing2": "八十岁生日", "time3": "2026年10月18日", "thing4": "请提前打电话"}
    data = {key: {"value": value} for key, value in values.items()}
    await bench.call("/cgi-bin/message/template/send", {"touser": bench.zhao, "template_id": VISIT, "data": data})
    await expect(table.chat("赵一禾").locator(".notice")).to_contain_text("八十岁生日")
    await bench.tell(bench.zhao, "您的报到通过了")
    await expect(table.chat("赵一禾").locator(".customer .bubble")).to_have_text("您的报到通过了")


async def test_a_broken_service_shows_the_fault_notice(bench, table):
    async def broken(receiver, push):
        return web.Response(status=500)

    bench.receiver.answer = broken
    await table.say("赵一禾", "你好")
    await expect(table.chat("赵一禾").get_by_role("alert")).to_have_text("该公众号提供的服务出现故障，请稍后再试")


async def test_a_code_is_scanned_from_the_list(bench, table):
    scene = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "community:guihua"}}}
    await bench.call("/cgi-bin/qrcode/create", scene)
    await table.phone("孙三木").get_by_role("button", name="扫一扫").click()
    await table.page.get_by_role("button", name="community:guihua").click()
    await expect(table.chat("孙三木")).to_contain_text("您已关注")
    assert bench.receiver.pushes[-1]["EventKey"] == "qrscene_community:guihua"


async def test_the_clock_and_the_faults_are_switched_on_the_page(bench, table):
    await table.page.get_by_role("button", name="＋3天").click()
    await expect(table.page.locator("#clock")).to_contain_text("比真实时间快3天")
    assert bench.world.clock.offset() == 3 * 86400
    await table.page.locator("#faults summary").click()
    await table.page.get_by_label("每条消息推送两遍").check()
    await expect(table.page.locator("#faults-on")).to_have_text("开着 1 项")
    assert bench.world.faults.duplicate == 1
    await table.page.get_by_role("button", name="回到现在").click()
    await expect(table.page.locator("#clock .moved")).to_have_text("")


async def test_the_phones_stand_as_they_were_after_a_reload(bench, table):
    await table.say("赵一禾", "记住这句")
    await expect(table.chat("赵一禾").locator(".reply")).to_have_count(1)
    await table.page.get_by_label("新手机的主人").fill("王百川")
    await table.page.get_by_label("新手机的主人").press("Enter")
    await expect(table.phone("王百川")).to_be_visible()
    await table.page.reload()
    await expect(table.phone("王百川")).to_be_visible()
    await expect(table.chat("赵一禾").locator(".reply .bubble")).to_have_text("记住这句")


async def test_the_keyboard_is_enough(bench, table):
    box = table.phone("赵一禾").get_by_role("textbox")
    await box.focus()
    await table.page.keyboard.type("你好")
    await table.page.keyboard.press("Tab")
    await table.page.keyboard.press("Enter")
    await expect(table.chat("赵一禾").locator(".reply .bubble")).to_have_text("你好")
    await table.phone("赵一禾").get_by_role("button", name="服务", exact=True).press("Enter")
    await expect(table.phone("赵一禾").locator(".pop")).to_be_visible()
    await table.page.keyboard.press("Escape")
    await expect(table.phone("赵一禾").locator(".pop")).to_be_hidden()


async def test_nothing_is_lost_at_narrow_widths(bench, table):
    for width in (320, 375, 720, 1440):
        await table.page.set_viewport_size({"width": width, "height": 800})
        wide = await table.page.evaluate("document.documentElement.scrollWidth")
        assert (width, wide <= width) == (width, True)


def test_the_page_files_name_no_foreign_host():
    folder = Path(__file__).parents[2] / "simulator" / "page"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.suffix in (".html", ".css", ".js")]
    found = [text for text in texts if "//cdn" in text or 'src="http' in text or "url(http" in text]
    assert found == []
