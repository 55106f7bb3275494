"""`python -m bot`: the commands of an operator."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from pydantic import ValidationError

from kit import log
from kit.settings import Settings
from texts import render, section

ABOUT = section("running", "about")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
print_app = typer.Typer(no_args_is_help=True, help=ABOUT["print"])
menu_app = typer.Typer(no_args_is_help=True, help=ABOUT["menu"])
staff_app = typer.Typer(no_args_is_help=True, help=ABOUT["staff"])
heard_app = typer.Typer(no_args_is_help=True, help=ABOUT["heard"])
app.add_typer(heard_app, name="heard")
app.add_typer(print_app, name="print")
app.add_typer(menu_app, name="menu")
app.add_typer(staff_app, name="staff")
duty_app = typer.Typer(no_args_is_help=True, help=ABOUT["duty"])
staff_app.add_typer(duty_app, name="duty")
workdays_app = typer.Typer(no_args_is_help=True, help=ABOUT["workdays"])
app.add_typer(workdays_app, name="workdays")

At = Annotated[str, typer.Option("--at", help=ABOUT["at"])]
Since = Annotated[str | None, typer.Option("--from", help=ABOUT["staff_since"])]
Until = Annotated[str | None, typer.Option("--to", help=ABOUT["staff_until"])]


def _run(module: str, command: str, *arguments: Any, **options: Any) -> None:
    """Run a command of `bot.commands`; what goes wrong is one line on standard error and exit code 1.

    The module is loaded when asked for: each command needs other libraries, and some of them load slowly.
    """
    log.configure()
    try:
        settings = Settings()
    except ValidationError as exc:
        names = [f"JINQIU_{'.'.join(map(str, one['loc'])).upper()}" for one in exc.errors(include_input=False)]
        raise SystemExit(_complain("commands.setting_wrong", problem=", ".join(names))) from None
    done: Coroutine[Any, Any, int] = getattr(import_module(f"bot.commands.{module}"), command)(
        settings, *arguments, **options
    )
    raise SystemExit(uvloop.run(done))


def _complain(key: str, **facts: str) -> int:
    print(" ".join(render(key, **facts).split()), file=sys.stderr)
    return 2


def main() -> None:
    """What was typed wrongly is told in one line, too; a bare group of commands shows what there is."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as exc:
        # A group named alone has shown its help by now and says nothing more.
        said = exc.format_message()
        code = _complain("commands.wrong_use", problem=said) if said else 2
    raise SystemExit(code)


@app.command(help=ABOUT["serve"])
def serve(role: Annotated[str, typer.Option(help=ABOUT["role"])] = "all") -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    if role not in ("all", "web", "worker"):
        raise typer.BadParameter("all, web or worker", param_hint="--role")
    _run("running", "serve", role)


@app.command(help=ABOUT["init"])
def init() -> None:
    """Create or upgrade the database; safe to repeat."""
    _run("running", "init")


@app.command(help=ABOUT["seed"])
def seed(file: Path) -> None:
    """Load organisations, members, roles, posts, staff and consents from a JSON file."""
    _run("state", "seed", file)


@app.command("import", help=ABOUT["import"])
def import_roster(
    file: Annotated[Path | None, typer.Argument()] = None,
    at: Annotated[str | None, typer.Option(help=ABOUT["import_at"])] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=ABOUT["dry_run"])] = False,
    skip: Annotated[str, typer.Option(help=ABOUT["skip"])] = "",
    undo: Annotated[bool, typer.Option("--undo", help=ABOUT["undo"])] = False,
) -> None:
    """Import a roster from Excel or CSV, with a report per row; or take the last one back."""
    if undo == (file is not None):
        raise typer.BadParameter("a file, or --undo")
    if file is None:
        _run("roster", "undo")
    else:
        _run("roster", "import_file", file, at=at, dry_run=dry_run, skip=_row_numbers(skip))


def _row_numbers(said: str) -> frozenset[int]:
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise typer.BadParameter("3,7,12", param_hint="--skip")
    return frozenset(int(part) for part in parts)


@app.command(help=ABOUT["export"])
def export(folder: Path) -> None:
    """Everything, as open files."""
    _run("export", "export", folder)


@app.command(help=ABOUT["dump"])
def dump(counters: Annotated[bool, typer.Option("--counters", help=ABOUT["counters"])] = False) -> None:
    """Print the state as JSON lines."""
    _run("state", "dump", counters)


@app.command(help=ABOUT["tick"])
def tick(job: Annotated[str | None, typer.Argument(help=ABOUT["job"])] = None) -> None:
    """One round of the timed jobs and of what they made due, now."""
    _run("running", "tick", job)


@app.command(help=ABOUT["coming"])
def coming(
    days: Annotated[int, typer.Option(help=ABOUT["days"])] = 30,
    member: Annotated[str | None, typer.Option(help=ABOUT["member"])] = None,
    as_json: Annotated[bool, typer.Option("--json", help=ABOUT["json"])] = False,
) -> None:
    """What will go out, to whom, when, and why."""
    _run("running", "coming", days, member, as_json)


@app.command(help=ABOUT["backup"])
def backup(file: Path) -> None:
    """Save everything into one file, while running or not."""
    _run("backup", "backup", file)


@app.command(help=ABOUT["restore"])
def restore(
    file: Path,
    erasures: Annotated[Path | None, typer.Option(help=ABOUT["erasures"])] = None,
    rehearse: Annotated[bool, typer.Option("--rehearse", help=ABOUT["rehearse"])] = False,
) -> None:
    """Restore a backup into an empty data folder and database, with the service stopped; or only rehearse it."""
    if rehearse:
        _run("backup", "rehearse", file)
    else:
        _run("backup", "restore", file, erasures=erasures)


@app.command(help=ABOUT["reseal"])
def reseal() -> None:
    """After a change of the field key: seal everything with the new one, beside the running service."""
    _run("keys", "reseal")


@app.command(help=ABOUT["doctor"])
def doctor() -> None:
    """Check settings, database, platform access, clock and disk; one line each."""
    _run("doctor", "doctor")


@heard_app.command("list", help=ABOUT["heard_list"])
def heard_list() -> None:
    """What was not understood and waits for a meaning."""
    _run("heard", "show")


@heard_app.command(help=ABOUT["heard_means"])
def means(number: int, intent: str) -> None:
    """Say what one of them means."""
    _run("heard", "means", number, intent)


@heard_app.command("export", help=ABOUT["heard_export"])
def heard_export(file: Path) -> None:
    """Every phrase with its meaning, as a table."""
    _run("heard", "export", file)


@print_app.command(help=ABOUT["print_slips"])
def slips(at: At, file: Path) -> None:
    """Binding slips of those not bound yet."""
    _run("printing", "slips", at, file)


@print_app.command(help=ABOUT["print_sheets"])
def sheets(
    at: At,
    file: Path,
    everybody: Annotated[bool, typer.Option("--everybody", help=ABOUT["print_sheets_everybody"])] = False,
) -> None:
    """Large-print sheets of the notices that are to be told on paper, by building."""
    _run("printing", "sheets", at, file, everybody=everybody)


@print_app.command(help=ABOUT["print_duties"])
def duties(
    at: At,
    file: Path,
    first: Annotated[str | None, typer.Option("--from", help=ABOUT["print_duties_from"])] = None,
    last: Annotated[str | None, typer.Option("--to", help=ABOUT["print_duties_to"])] = None,
) -> None:
    """The list of visits by name: due = done + excused + open."""
    _run("visiting", "duties", at, file, first=first, last=last)


@print_app.command(help=ABOUT["print_reading"])
def reading(at: At, words: Path, file: Path) -> None:
    """Reading for the homebound (送学上门) in large print, with whom it is brought to."""
    _run("visiting", "reading", at, words, file)


@print_app.command(help=ABOUT["print_poster"])
def poster(at: At, file: Path) -> None:
    """The check-in (报到) poster with its QR code."""
    _run("printing", "poster", at, file)


@menu_app.command(help=ABOUT["menu_push"])
def push() -> None:
    """Put the account's menu on the platform."""
    _run("running", "menu_push")


@menu_app.callback(help=ABOUT["menu"])
def _menu() -> None:
    """The account's menu."""


@staff_app.command(help=ABOUT["staff_add"])
def add(
    name: str,
    role: Annotated[str, typer.Option(help=ABOUT["staff_role"])],
    at: At,
    since: Since = None,
    until: Until = None,
) -> None:
    """Give console access; prints a one-time code."""
    _run("staff", "add", name, role=role, at=at, days=(since, until))


@staff_app.command(help=ABOUT["staff_end"])
def end(name: str, role: Annotated[str, typer.Option(help=ABOUT["staff_role"])], at: At, until: Until = None) -> None:
    """An office ends."""
    _run("staff", "end", name, role=role, at=at, last=until)


@duty_app.command("add", help=ABOUT["duty_add"])
def duty_add(
    name: str,
    at: At,
    hours: Annotated[str, typer.Option(help=ABOUT["duty_hours"])] = "always",
    since: Since = None,
    until: Until = None,
) -> None:
    """Somebody is on duty."""
    _run("staff", "duty_add", name, at=at, hours=hours, days=(since, until))


@duty_app.command("deputy", help=ABOUT["duty_deputy"])
def duty_deputy(
    name: str,
    away: Annotated[str, typer.Option("--for", help=ABOUT["duty_for"])],
    at: At,
    since: Since = None,
    until: Until = None,
) -> None:
    """Somebody stands in for somebody."""
    _run("staff", "duty_deputy", name, away=away, at=at, days=(since, until))


@duty_app.command("list", help=ABOUT["duty_list"])
def duty_list(at: Annotated[str | None, typer.Option("--at", help=ABOUT["at"])] = None) -> None:
    """Who is or will be on duty."""
    _run("staff", "duty_list", at)


@duty_app.command("end", help=ABOUT["duty_end"])
def duty_end(number: Annotated[int, typer.Argument(help=ABOUT["duty_number"])]) -> None:
    """A line of the duty list is over."""
    _run("staff", "duty_end", number)


@workdays_app.command("load", help=ABOUT["workdays_load"])
def workdays_load(file: Path) -> None:
    """Load a year's arrangement of holidays."""
    _run("workdays", "load", file)


@workdays_app.command("show", help=ABOUT["workdays_show"])
def workdays_show(year: int) -> None:
    """What is loaded for a year."""
    _run("workdays", "show", year)


@staff_app.callback(help=ABOUT["staff"])
def _staff() -> None:
    """Who works in the console."""


if __name__ == "__main__":
    main()
