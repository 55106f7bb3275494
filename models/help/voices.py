"""Voices people sent: kept sealed for a human ear where their owner agreed, for thirty days at most."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime

NEW, KEPT, LOST = "new", "kept", "lost"


class Voice(Model):
    """One voice message. `state` is `new` (with the platform alone), `kept` (here, in `sound`) or `lost`.

    `may_keep` is the consent of its owner (purpose `voice`); without it the sound stays with the platform, three
    days, and is only passed on. `sound` is base64; `words` are what a speech service heard, if there is one.
    """

    id = fields.IntField(primary_key=True)
    wish_id = fields.IntField(unique=True)
    openid = fields.CharField(max_length=64, null=True, db_index=True)
    media_id = fields.CharField(max_length=200, null=True)
    may_keep = fields.BooleanField(default=False)
    state = fields.CharField(max_length=8, default=NEW)
    sound = Encrypted("voice.sound", null=True)
    words = Encrypted("voice.words", null=True)
    made_at = UtcDatetime()
    next_at = UtcDatetime()
    attempts = fields.SmallIntField(default=0)

    class Meta:
        table = "voice"
        indexes = (("state", "may_keep", "next_at"),)
