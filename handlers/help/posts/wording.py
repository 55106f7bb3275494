"""What claiming and giving back say alike: who answers, and whether silence will."""

from __future__ import annotations

from conversation.reply import Reply, say
from services.help import posts
from texts import render
from texts.days import spoken_day


def put_before_reviewer(asked: posts.Claimed, *, quiet: str, reviewed: str) -> Reply:
    """The sentence `quiet` where two quiet workdays agree to it, else `reviewed`; with the reviewer and the day."""
    row = asked.holding
    return say(
        quiet if asked.is_quiet and row.decide_on else reviewed,
        number=row.post.number,
        title=row.post.title,
        name=asked.reviewer.name if asked.reviewer else render("posts.nobody_named"),
        day=spoken_day(row.decide_on) if row.decide_on else "",
    )
