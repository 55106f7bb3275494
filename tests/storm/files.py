"""Foreign files at the door (P15): wrong kinds, too large, formulas, doubles, days that do not exist."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from pathlib import Path

import openpyxl

from models.people.members import Person
from models.people.roster import RosterImport
from tests.storm.scene import Scene, rows

HEADINGS = ["姓名", "出生日期", "手机", "所在支部", "工作单位"]
BRANCH = "金桂花园党支部"
FORMULAS = ("+1", "-1", "@SUM(A1)", "＝1+1", "+HYPERLINK(A1)")
GOOD = 12


async def p15_imports(scene: Scene) -> str:
    """Files that are no roster and one with bad rows leave nothing; a good one goes in whole, once, and out."""
    folder = scene.town.folder / "rosters"
    folder.mkdir()
    before = await _standing(scene)
    foreign = list(_no_rosters().items())[: scene.of(2, 5)]
    refused = [_written(folder, name, content) for name, content in [*foreign, ("bad.xlsx", _bad_rows())]]
    found = await asyncio.gather(*(scene.town.tried("import", str(path)) for path in refused))
    assert {code for code, _, _ in found} == {1}, [(code, complained) for code, _, complained in found]
    told = found[-1][1]
    assert all(f"第{number}行" in told for number in (2, 3, 4, 5, 6)), told
    assert await _standing(scene) == before, "something of a refused file stayed"
    guarded = await _in_and_out(scene, folder, before[0])
    assert (await _standing(scene))[0] == before[0], "the undone import left somebody"
    return f"{len(refused)} files refused, 0 rows kept; {GOOD} rows in once and out again, {guarded} formulas as text"


async def _in_and_out(scene: Scene, folder: Path, before: int) -> int:
    chosen = [scene.chance.choice(FORMULAS) for _ in range(GOOD)]
    path = str(_written(folder, "good.csv", _csv([_person(number, unit) for number, unit in enumerate(chosen)])))
    await scene.town.command("import", path)
    await scene.town.command("import", path)
    assert (await _standing(scene))[0] == before + GOOD, "the same file twice is not one"
    await scene.town.command("export", str(folder / "out"))
    table = csv.reader(io.StringIO((folder / "out" / "person.csv").read_text("utf-8-sig")))
    cells = [cell for row in table for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+@＝" and cell], "a cell became a formula"
    guarded = sum(f"'{unit}" in cells for unit in chosen)
    assert guarded == GOOD, f"{guarded} of {GOOD} formulas guarded"
    await scene.town.command("import", "--undo")
    if (await _standing(scene))[0] != before:
        # The second import changed nothing; it is the first one that goes.
        await scene.town.command("import", "--undo")
    return guarded


async def _standing(scene: Scene) -> tuple[int, int]:
    async with rows(scene.town):
        return await Person.all().count(), await RosterImport.all().count()


def _person(number: int, unit: str = "县教育局") -> list[str]:
    return [
        f"名册{'甲乙丙丁戊己庚辛壬癸子丑'[number]}",
        f"19{40 + number}-05-06",
        f"199000008{number:02}",
        BRANCH,
        unit,
    ]


def _no_rosters() -> dict[str, bytes]:
    return {
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 4000,
        "bomb.xlsx": _bomb(),
        "many.csv": _csv([["", "", "", "", "x"]] * 20_005),
        "large.csv": _csv([_person(1, "长" * 200)] * 9000),
        "old.xls": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4000,
    }


def _bad_rows() -> bytes:
    """A day that does not exist, a formula nobody has worked out, the same person twice, a name that is none."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(["名册一", "1950-02-30", "19900000811", BRANCH, ""])
    sheet.append(["名册二", "1950-03-01", "=A1", BRANCH, ""])
    sheet.append(["名册三", "1950-03-02", "19900000813", BRANCH, ""])
    sheet.append(["名册三", "1950-03-02", "19900000813", BRANCH, ""])
    sheet.append(["=1+1", "", "", BRANCH, ""])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _csv(lines: list[list[str]]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([HEADINGS, *lines])
    return target.getvalue().encode("utf-8-sig")


def _bomb() -> bytes:
    """A small file that unpacks to more than fifty megabytes."""
    book, target = io.BytesIO(_bad_rows()), io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            padded = content.replace(b"</sheetData>", b" " * (60 * 2**20) + b"</sheetData>")
            new.writestr(name, padded)
    return target.getvalue()


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
