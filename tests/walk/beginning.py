"""Wednesday: an empty house, a code on paper, and the branch's own spreadsheet."""

from __future__ import annotations

import re
from datetime import timedelta

from kit.clock import local_day
from tests.walk import roster
from tests.walk.hands import Hands
from tests.walk.world import BEGIN, World

OFFICES = (
    ("李四友", "branch_secretary", "金桂花园党支部"),
    ("周五常", "community_worker", "桂花社区"),
    ("吴六合", "group_leader", "金桂花园1号楼党小组"),
)
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")


async def walk(world: World, desk: Hands) -> None:
    """Up to a working roster of 210 people."""
    code = await _first_code(world)
    await _comes_in(world, desk, code)
    await _imports(world, desk)
    await _finds_people(world, desk)


async def _first_code(world: World) -> str:
    said = ""
    with world.book.step("管理员登记书记、社区工作者和小组长，打印登录码"):
        for name, role, place in reversed(OFFICES):
            said = await world.command("staff", "add", name, "--role", role, "--at", place)
    found = CODE.search(said)
    return found[0] if found else ""


async def _comes_in(world: World, desk: Hands, code: str) -> None:
    with world.book.step("打开地址，看到登录页"):
        await desk.go("/console/")
        await desk.sees("登录金秋工作台", "登录码")
    with world.book.step("输入登录码进去"):
        await desk.write("登录码", code)
        await desk.click("登录")
        await desk.sees("今天是9月16日")
    with world.book.step("第一页：还没有人，事也没有"):
        await desk.sees("过了日子还没看望的", "都好")
    with world.book.step("人员页是空的"):
        await desk.follow("人员", "header")
        await desk.sees("现在没有")


async def _imports(world: World, desk: Hands) -> None:
    people = roster.people(local_day(BEGIN))
    file = {"name": "金桂花园名册.xlsx", "mimeType": "application/octet-stream", "buffer": roster.sheet(people)}
    with world.book.step("打开导入"):
        await desk.follow("导入名册")
        await desk.sees("选您平时用的那张名册")
        await desk.photograph("desk-import")
    with world.book.step("选文件，先看一遍：列都认出来了，错的行写着为什么"):
        await desk.page.get_by_label("名册文件").set_input_files(files=[file])  # type: ignore[list-item]
        await desk.click("先看一遍")
        await desk.sees("姓名", "出生", f"{roster.SIZE + 2}", "沈千山")
        await desk.photograph("desk-import-look")
    with world.book.step("写错的生日就在这一页改，只有这一行再看一遍"):
        await desk.enter(f"第{roster.SIZE + 3}行的出生年月", "1950-12-05")
        await desk.sees("这一行改好了", "都看明白了")
    with world.book.step("跳过写重的一行，导入：连改好的共211人"):
        await desk.choose(f"跳过第{roster.SIZE + 2}行")
        await desk.click("导入", within="main")
        await desk.sees(f"新增{roster.SIZE + 1}人")
    with world.book.step("撤回这一次导入"):
        await desk.click("撤回我上一次的导入")
        await desk.sees(f"去掉{roster.SIZE + 1}人")
    with world.book.step("再导入一次，两行都跳过，这回留下"):
        await desk.follow("人员", "header")
        await desk.follow("导入名册")
        await desk.page.get_by_label("名册文件").set_input_files(files=[file])  # type: ignore[list-item]
        await desk.click("先看一遍")
        for number in (roster.SIZE + 2, roster.SIZE + 3):
            await desk.choose(f"跳过第{number}行")
        await desk.click("导入", within="main")
        await desk.sees(f"新增{roster.SIZE}人")


async def _finds_people(world: World, desk: Hands) -> None:
    with world.book.step("边打字边找人：赵一"):
        await desk.follow("人员", "header")
        await desk.page.get_by_role("searchbox").press_sequentially("赵一")
        await desk.page.wait_for_selector("#rows tbody tr:first-child:has-text('赵一')")
        await desk.sees("赵一禾", "赵一木", "赵一川")
        await desk.photograph("desk-people")
    with world.book.step("用整个手机号找"):
        await desk.page.get_by_role("searchbox").fill(str(roster.FIRST_TELEPHONE + 9))
        await desk.page.wait_for_selector("#rows tbody tr:only-child")
    with world.book.step("打开一个人的页面：电话遮住，生日只有年"):
        await desk.press(desk.page.locator("#rows tbody a").first)
        await desk.sees("199****1010", "手机")
        await desk.misses("19900001010")
        await desk.photograph("desk-person")
    with world.book.step("说明原因，看一眼电话"):
        await desk.press(desk.page.locator("summary", has_text="看遮住的内容"))
        await desk.choose("手机")
        await desk.write("为什么要看", "要打电话通知开会")
        await desk.click("看一眼")
        await desk.sees("19900001010")
    with world.book.step("过一会儿，走访任务自己排好了"):
        await world.until(BEGIN + timedelta(minutes=12))
        await _until_visits(desk)


async def _until_visits(desk: Hands) -> None:
    for _ in range(200):
        await desk.go("/console/visits")
        if "重阳" in await desk.read():
            break
        await desk.page.wait_for_timeout(100)
    await desk.sees("赵一禾", "80岁生日")
