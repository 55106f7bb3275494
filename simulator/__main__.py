"""Starts the pretend platform: `python -m simulator`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import uvloop

from simulator.listening import listen
from simulator.platform import Account, Config, PhonePreset, build
from simulator.words import table, word

PORT = 8090


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C; 2 for wrong use."""
    parser = options_parser()
    options = parser.parse_args(arguments)
    try:
        config = configured(options, os.environ)
        app = build(config)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        parser.error(str(problem))
    print(f"{word('console', 'started')}\n{word('console', 'phones')}: http://{options.host}:{options.port}/")
    print(f"{word('console', 'webhook')}: {config.webhook}", flush=True)
    uvloop.run(listen(app, options.host, options.port))
    return 0


def configured(options: argparse.Namespace, environment: Mapping[str, str]) -> Config:
    """The platform as the options say, then the environment (seams.md §1), then the demo's defaults."""
    public = environment.get("JINQIU_PUBLIC_URL", "http://127.0.0.1:8080").rstrip("/")
    clock_file = environment.get("JINQIU_CLOCK_FILE")
    return Config(
        account=_account(options, environment),
        webhook=options.webhook or f"{public}/wechat",
        clock_file=Path(clock_file) if clock_file else None,
        phones=_presets(options.phones),
        templates_file=options.templates,
    )


def _account(options: argparse.Namespace, environment: Mapping[str, str]) -> Account:
    chosen: dict[str, Any] = {}
    for each in fields(Account):
        value = getattr(options, each.name, None) or environment.get(f"JINQIU_WECHAT_{each.name.upper()}")
        if value:
            chosen[each.name] = value
    return Account(**chosen)


def _presets(file: Path | None) -> tuple[PhonePreset, ...]:
    rows = table()["phones"] if file is None else json.loads(file.read_text(encoding="utf-8"))
    return tuple(PhonePreset(**row) for row in rows)


def options_parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--webhook", help="where pushes go; default JINQIU_PUBLIC_URL + /wechat")
    parser.add_argument("--phones", type=Path, help="JSON list of {openid, name, following}")
    parser.add_argument("--templates", type=Path, help="TOML file in the form of simulator/templates.toml")
    for each in fields(Account):
        if each.name == "verified":
            continue
        choices = ("plain", "compatible", "safe") if each.name == "mode" else None
        name = f"--account-{each.name.replace('_', '-')}"
        parser.add_argument(name, dest=each.name, choices=choices, help=f"default JINQIU_WECHAT_{each.name.upper()}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
