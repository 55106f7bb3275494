"""Asks about followers and sorts them by tags (wechat.md §3.7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from wechat.client.calls import Caller
from wechat.client.transport import Credentials, Json, Request
from wechat.errors import WeChatError
from wechat.limits import Limits
from wechat.token import TokenHolder

BATCH = 100
"""People asked about at once."""
TAG_BATCH = 50
"""People tagged at once."""


@dataclass(frozen=True, slots=True, repr=False)
class UserInfo:
    """What the platform still tells of a follower: no name, no picture. `subscribed`: seconds since 1970."""

    openid: str
    follows: bool
    subscribed: int = 0
    union_id: str = ""
    remark: str = ""
    tags: tuple[int, ...] = ()
    scene: str = ""
    qr_scene: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the account and how many wear it."""

    id: int
    name: str
    count: int = 0


class People(Caller):
    """Followers and tags."""

    def __init__(
        self, http: aiohttp.ClientSession, credentials: Credentials, tokens: TokenHolder, limits: Limits
    ) -> None:
        super().__init__(http, credentials, tokens, limits)
        # The platform refuses concurrent changes to one person's tags (45169).
        self._tagging = asyncio.Lock()

    async def user_info(self, openid: str) -> UserInfo:
        """What is known of one person."""
        return _user(await self.read("/cgi-bin/user/info", query={"openid": openid, "lang": "zh_CN"}))

    async def users_batch(self, openids: Sequence[str]) -> list[UserInfo]:
        """What is known of many, in their order, a hundred a call."""
        found: list[UserInfo] = []
        for start in range(0, len(openids), BATCH):
            wanted = [{"openid": openid, "lang": "zh_CN"} for openid in openids[start : start + BATCH]]
            answer = await self.read("/cgi-bin/user/info/batchget", {"user_list": wanted})
            found += [_user(entry) for entry in answer.get("user_info_list") or []]
        return found

    async def followers(self, next_openid: str = "") -> AsyncIterator[list[str]]:
        """The openids of all followers, page by page of up to 10 000, after `next_openid`."""
        async for page in self._pages("/cgi-bin/user/get", None, next_openid):
            yield page

    async def tag_members(self, tag_id: int, next_openid: str = "") -> AsyncIterator[list[str]]:
        """The openids of all who wear a tag, page by page."""
        async for page in self._pages("/cgi-bin/user/tag/get", tag_id, next_openid):
            yield page

    async def _pages(self, path: str, tag_id: int | None, after: str) -> AsyncIterator[list[str]]:
        while True:
            if tag_id is None:
                answer = await self.read(path, query={"next_openid": after} if after else {})
            else:
                answer = await self.read(path, {"tagid": tag_id, "next_openid": after})
            page = list((answer.get("data") or {}).get("openid") or [])
            if page:
                yield page
            following = str(answer.get("next_openid") or "")
            # The last page names no next one, or an empty page follows; the same name twice would never end.
            if not page or not following or following == after:
                return
            after = following

    async def set_remark(self, openid: str, remark: str) -> None:
        """Writes the account's own note on a person (under 30 bytes)."""
        await self.read("/cgi-bin/user/info/updateremark", {"openid": openid, "remark": remark})

    async def tag_create(self, name: str) -> Tag:
        """Makes a tag. Raises `WeChatError` 45157 if there is one of that name."""
        found = await self.send("/cgi-bin/tags/create", {"tag": {"name": name}})
        return Tag(int(found["tag"]["id"]), name)

    async def tags(self) -> list[Tag]:
        """All tags."""
        listed = (await self.read("/cgi-bin/tags/get")).get("tags") or []
        return [Tag(int(t["id"]), str(t["name"]), int(t.get("count", 0))) for t in listed]

    async def tag_rename(self, tag_id: int, name: str) -> None:
        """Gives a tag another name."""
        await self.read("/cgi-bin/tags/update", {"tag": {"id": tag_id, "name": name}})

    async def tag_delete(self, tag_id: int) -> None:
        """Takes a tag away from everybody, and deletes it."""
        await self.read("/cgi-bin/tags/delete", {"tag": {"id": tag_id}})

    async def tag_people(self, tag_id: int, openids: Sequence[str]) -> list[str]:
        """Tags people; returns those the platform could not tag."""
        return await self._retag("/cgi-bin/tags/members/batchtagging", tag_id, openids)

    async def untag_people(self, tag_id: int, openids: Sequence[str]) -> list[str]:
        """Takes a tag from people; returns those the platform could not."""
        return await self._retag("/cgi-bin/tags/members/batchuntagging", tag_id, openids)

    async def tags_of(self, openid: str) -> tuple[int, ...]:
        """The tags one person wears."""
        found = await self.read("/cgi-bin/tags/getidlist", {"openid": openid})
        return tuple(int(tag) for tag in found.get("tagid_list") or [])

    async def _retag(self, path: str, tag_id: int, openids: Sequence[str]) -> list[str]:
        failed: list[str] = []
        for start in range(0, len(openids), TAG_BATCH):
            batch = list(openids[start : start + TAG_BATCH])
            async with self._tagging:
                failed += await self._retag_batch(path, tag_id, batch)
        return failed

    async def _retag_batch(self, path: str, tag_id: int, batch: list[str]) -> list[str]:
        try:
            await self.repeated(Request(path, body={"openid_list": batch, "tagid": tag_id}))
        except WeChatError as refusal:
            if not refusal.failed:
                raise
            return list(refusal.failed)
        return []


def _user(found: Json) -> UserInfo:
    scene: Any = found.get("qr_scene_str") or found.get("qr_scene") or ""
    return UserInfo(
        openid=str(found.get("openid", "")),
        follows=bool(found.get("subscribe")),
        subscribed=int(found.get("subscribe_time") or 0),
        union_id=str(found.get("unionid") or ""),
        remark=str(found.get("remark") or ""),
        tags=tuple(int(tag) for tag in found.get("tagid_list") or []),
        scene=str(found.get("subscribe_scene") or ""),
        qr_scene=str(scene),
    )
