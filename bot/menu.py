"""The account's menu under the chat: three columns of elder-sized words, from the texts."""

from __future__ import annotations

from typing import Any

from texts import section


def account_menu(public_url: str = "") -> list[dict[str, Any]]:
    """The buttons as the platform wants them: the key of each is the action it leads to; with the service's own
    address there is also the door to the members' pages."""
    return [
        {"name": column["name"], "sub_button": [_button(item, public_url) for item in _shown(column, public_url)]}
        for column in section("welcome", "menu")["columns"]
    ]


def _shown(column: dict[str, Any], public_url: str) -> list[dict[str, str]]:
    return [item for item in column["items"] if public_url or "page" not in item]


def _button(item: dict[str, str], public_url: str) -> dict[str, str]:
    if "page" in item:
        return {"type": "view", "name": item["name"], "url": public_url.rstrip("/") + item["page"]}
    return {"type": "click", "name": item["name"], "key": item["do"]}
