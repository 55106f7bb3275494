"""Makes what a notice carries beside its words: draws a picture in a thread, fetches a voice that was kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kit.clock import local_day
from kit.settings import Settings
from services.help import voices
from services.people import check_in
from texts import render
from wechat.client import WeChatClient

if TYPE_CHECKING:
    from delivery.paper.certificate import CertificateFacts


async def draw(picture: str, settings: Settings, client: WeChatClient) -> bytes:
    """The PNG behind `certificate:<check-in id>`, the sound behind `voice:<wish id>`.

    Raises `LookupError` for what nobody knows, `WeChatError` where the platform has the sound no more.
    """
    kind, _, which = picture.partition(":")
    if kind == "voice":
        return await _sound(int(which), client)
    if kind != "certificate":
        raise LookupError(picture)
    return await asyncio.to_thread(_png, await certificate_facts(int(which), settings))


async def _sound(wish_id: int, client: WeChatClient) -> bytes:
    kept, media_id = await voices.sound_of(wish_id)
    if kept is None and not media_id:
        raise LookupError(f"voice:{wish_id}")
    return kept if kept is not None else (await client.download_media(media_id)).content


def _png(facts: CertificateFacts) -> bytes:
    # Here and not above: the drawing libraries take seconds to load, and a service must be ready at once.
    from delivery.paper import certificate

    return certificate.png(facts)


async def certificate_facts(check_in_id: int, settings: Settings) -> CertificateFacts:
    """What the certificate of this registration shows, with the link that verifies it."""
    from delivery.paper.certificate import CertificateFacts

    shown = await check_in.certificate(check_in_id)
    return CertificateFacts(
        number=render("check_in.number", community=shown.community, number=shown.number),
        name=shown.name,
        community=shown.community,
        issued=local_day(shown.accepted_at),
        link=f"{settings.public_url.rstrip('/')}/m/verify/{shown.verify_code}",
    )
