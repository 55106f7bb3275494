"""What tests of delivery share: template ids of the pretend platform and a short way to post."""

from __future__ import annotations

from datetime import datetime

from delivery.outbox import ORDINARY, Asked, Letter, post_notice, to_person
from delivery.policy import Template

SENT = ("customer", "template", "subscription")
NOTICE = "CommunityNotice_000000000000000000000000Sim"
GRANT = "NoticeAlways_000000000000000000000000000Sim"
FORM = {"*": Template(NOTICE)}


SAYS = "visits.thanks_came"
"""A sentence that does not say itself what to answer."""


async def post(
    person, now: datetime, *, once: str = "n", asks: bool = False, urgency: int = ORDINARY,
    say: str = "delivery.form_hint", **letter,
) -> int:  # fmt: skip
    """One notice to a person, about nothing in particular."""
    asked = (Asked("来了", "visits.record", {"visit": 3}),) if asks else ()
    said = Letter(say, asks=asked, urgency=urgency, **letter)
    return await post_notice(to_person(person), said, once=once, now=now)
