"""The commands that set a house up: doctor says what is missing, staff add gives a code, import reports each row."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from furnished import furnished

from bot.commands import roster as imports
from bot.commands import staff
from bot.commands.doctor import doctor
from bot.house import database
from kit import clock
from kit.settings import Settings
from kit.spreadsheets import write_xlsx
from models.people.access import DutyPerson, LoginCode
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.county import upkeep
from services.people import login_codes


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    return await furnished(tmp_path / "data", wechat_api_base="http://127.0.0.1:9")


async def examined(settings: Settings, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = await doctor(settings)
    return code, capsys.readouterr().out


async def test_each_finding_is_one_line_with_a_mark(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await examined(settings, capsys)
    assert code == 1
    assert all(re.match(r"[✓✗!] \S", line) for line in said.splitlines())
    assert "JINQIU_WECHAT_APP_ID" in said
    assert "桂花社区" in next(line for line in said.splitlines() if line.startswith("! "))
    assert "还没有做过备份" in said


async def test_a_house_that_was_never_made_is_told_to_run_init(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = await examined(Settings(data_dir=tmp_path / "new", _env_file=None), capsys)  # type: ignore[call-arg]
    assert code == 1
    assert "init" in said


async def test_a_platform_that_does_not_answer_is_a_fault(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    said_to = {"wechat_app_id": "wx", "wechat_secret": "hushhush", "wechat_token": "t", "wechat_original_id": "gh_1",
               "wechat_mode": "plain"}  # fmt: skip
    code, said = await examined(settings.model_copy(update=said_to), capsys)
    assert code == 1
    assert "✗ 微信平台" in said
    assert "hushhush" not in said


async def test_a_county_file_with_an_unknown_number_is_a_fault(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.county_file.write_text("[visits]\ncolour = 3\n")
    _, said = await examined(settings, capsys)
    assert "✗ county.toml" in said


async def test_a_clock_that_went_back_is_noticed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with database(settings):
        await upkeep.beat(clock.now() + timedelta(days=2))
    _, said = await examined(settings, capsys)
    assert "✗ 时钟不对" in said


async def test_where_somebody_is_on_duty_above_nothing_is_missing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database(settings):
        county = await Organisation.get(key="county")
        await DutyPerson.create(organisation=county, person=await Person.get(key="chief"))
    _, said = await examined(settings, capsys)
    assert "✓ 每个社区都有值班人" in said


async def test_a_new_colleague_gets_an_office_and_a_code_that_works_once(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await staff.add(settings, "吴新来", role="community_worker", at="guihua") == 0
    printed = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", capsys.readouterr().out)
    assert printed
    async with database(settings):
        person = await Person.get(name="吴新来")
        assert (await Role.get(person_id=person.id)).role == "community_worker"
        assert printed[0] not in str([dict(row) for row in await LoginCode.all().values()])
        now = clock.now()
        assert await login_codes.spend_code(printed[0], now=now + timedelta(hours=25)) is None
        found = await login_codes.spend_code(printed[0].lower(), now=now)
        assert found is not None
        assert found.id == person.id
        assert await login_codes.spend_code(printed[0], now=now) is None


async def test_asking_again_makes_no_second_person_and_voids_the_first_code(settings: Settings) -> None:
    for _ in range(2):
        assert await staff.add(settings, "吴新来", role="community_worker", at="guihua") == 0
    async with database(settings):
        assert await Person.filter(name="吴新来").count() == 1
        assert await LoginCode.filter(expires_at__gt=clock.now()).count() == 1


@pytest.mark.parametrize(
    ("role", "at"), [pytest.param("emperor", "guihua", id="role"), pytest.param("community_worker", "x", id="place")]
)
async def test_an_unknown_role_or_place_is_refused(
    settings: Settings, capsys: pytest.CaptureFixture[str], role: str, at: str
) -> None:
    assert await staff.add(settings, "吴新来", role=role, at=at) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


HEADINGS = ["姓名", "出生日期", "手机", "所在支部"]
GOOD = ["孙八方", "1950-03-04", "19900000071", "金桂花园党支部"]


def sheet(tmp_path: Path, *rows: list[str], name: str = "名册.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(write_xlsx(HEADINGS, rows))
    return path


async def people(settings: Settings) -> int:
    async with database(settings):
        return await Person.all().count()


async def test_a_good_file_goes_in_and_comes_out_again(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await people(settings)
    file = sheet(tmp_path, GOOD)
    assert await imports.import_file(settings, file, dry_run=True) == 0
    assert await people(settings) == before
    assert await imports.import_file(settings, file) == 0
    assert "第2行：新增" in capsys.readouterr().out
    assert await people(settings) == before + 1
    assert await imports.undo(settings) == 0
    assert await people(settings) == before
    assert await imports.undo(settings) == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(["吴九思", "1950-02-30", "19900000072", "金桂花园党支部"], "没有这一天", id="bad date"),
        pytest.param(["吴九思", "1950-02-03", "123", "金桂花园党支部"], "位数不对", id="bad phone"),
        pytest.param(["吴九思", "1950-02-03", "=A1+1", "金桂花园党支部"], "公式", id="formula"),
        pytest.param(["吴九思", "1950-02-03", "19900000072", "外星支部"], "没有叫“外星支部”", id="unknown branch"),
        pytest.param(["", "1950-02-03", "19900000072", "金桂花园党支部"], "没有姓名", id="no name"),
        pytest.param(["赵一禾", "", "", "柳岸新村党支部"], "分不清", id="maybe somebody known"),
    ],
)
async def test_one_bad_row_is_named_and_nothing_goes_in(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: list[str], said: str
) -> None:
    before = await people(settings)
    assert await imports.import_file(settings, sheet(tmp_path, GOOD, bad)) == 1
    out = capsys.readouterr()
    assert said in next(line for line in out.out.splitlines() if line.startswith("第3行"))
    assert await people(settings) == before


async def test_a_double_goes_in_once_and_is_named(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await people(settings)
    assert await imports.import_file(settings, sheet(tmp_path, GOOD, GOOD)) == 0
    assert "第3行：重复" in capsys.readouterr().out
    assert await people(settings) == before + 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, id="old format"),
        pytest.param("名册.pdf", b"%PDF-1.7", id="other kind"),
        pytest.param("名册.xlsx", b"PK\x03\x04" + b"0" * 600, id="damaged"),
        pytest.param("名册.csv", b"0" * (5 * 2**20 + 1), id="too large"),
        pytest.param("名册.csv", ("姓名\n" + "赵一一\n" * 20_001).encode(), id="too many rows"),
        pytest.param("名册.csv", b"", id="empty"),
    ],
)
async def test_a_file_that_is_no_roster_is_refused_in_one_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    before = await people(settings)
    (tmp_path / name).write_bytes(content)
    assert await imports.import_file(settings, tmp_path / name) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert await people(settings) == before


async def test_a_file_that_is_not_there_is_wrong_use(settings: Settings, tmp_path: Path) -> None:
    assert await imports.import_file(settings, tmp_path / "nothing.xlsx") == 2


async def test_a_redis_that_is_away_is_a_warning_and_a_wrong_proxy_a_fault(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = await examined(settings.model_copy(update={"redis_url": "redis://127.0.0.1:9/0"}), capsys)
    assert "! Redis" in said
    complete = {"wechat_app_id": "wx", "wechat_secret": "s", "wechat_token": "t", "wechat_original_id": "gh_1",
                "wechat_mode": "plain", "trusted_proxy": "proxy.local"}  # fmt: skip
    _, said = await examined(settings.model_copy(update=complete), capsys)
    assert "✗ 设置有误：JINQIU_TRUSTED_PROXY" in said
