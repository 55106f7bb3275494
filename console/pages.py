"""Renders pages from templates, with headers that let nothing foreign in (promise X14)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import texts
from kit.clock import local
from texts.days import spoken_day

FOLDER = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # To our own pages only: a form that comes too late says by it where it stood.
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
)


def _state(capability: str, state: str) -> str:
    """What a state is called; one that has no name yet is shown as it stands."""
    names: Mapping[str, str] = texts.section("console", "states").get(capability, {})
    return names.get(state, state)


def _wish_kind(kind: str) -> str:
    known: str = texts.section("console", "wish_kinds").get(kind) or texts.render("console.kind_other")
    return known


def _deed(name: str) -> str:
    """What the book calls a deed, in words; one without words is a change like others."""
    known: str = texts.section("console", "deeds").get(name) or texts.render("console.deed_other")
    return known


def _outcome(name: str) -> str:
    """Where a notice stands, in words."""
    known: str = texts.section("console", "outcomes").get(name, name)
    return known


_environment.globals |= {
    "say": texts.render, "spoken": spoken_day, "local": local, "state": _state, "wish_kind": _wish_kind,
    "deed": _deed, "outcome": _outcome,
}  # fmt: skip


def page(template: str, facts: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """A whole page."""
    body = _environment.get_template(template).render(**facts)
    return web.Response(text=body, content_type="text/html", status=status, headers=HEADERS)


def download(content: bytes, name: str, content_type: str) -> web.Response:
    """A file to keep; its name says what it is and nothing of whom."""
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=content_type, headers=headers)


def routes() -> list[web.AbstractRouteDef]:
    """Style sheets and pictures, served from the product itself."""
    return [web.static(f"/{face}/static", FOLDER / "static", append_version=True) for face in ("m", "console")]
