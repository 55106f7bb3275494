"""Who has the console open, who is about to, and who tried in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime

if TYPE_CHECKING:
    from models.people.members import Person


class ConsoleSession(Model):
    """One browser in which somebody in office works; `key_index` is the cookie's fingerprint, never the cookie.

    `offices` is the fingerprint of what the person may do: a changed office ends the session (promise X12).
    `proven_at` is the moment of the last full login; what reaches far asks for a fresh one (promise X16).
    """

    id = fields.IntField(primary_key=True)
    key_index = fields.CharField(max_length=40, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="sessions")
    person_id: int
    how = fields.CharField(max_length=10)
    offices = fields.CharField(max_length=40)
    opened_at = UtcDatetime()
    proven_at = UtcDatetime()
    seen_at = UtcDatetime()
    ended_at = UtcDatetime(null=True, db_index=True)

    class Meta:
        table = "console_session"


class KeptForm(Model):
    """What somebody had typed when their session ended: theirs alone, one at a time, until it is handed in.

    `page` is where it was typed, `action` where it goes; sealed like `fields_sent` (JSON): addresses may name someone.
    """

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("models.Person", related_name="kept_form")
    person_id: int
    page = Encrypted("kept_form.page")
    action = Encrypted("kept_form.action")
    fields_sent = Encrypted("kept_form.fields")
    kept_at = UtcDatetime(db_index=True)

    class Meta:
        table = "kept_form"


class LoginScan(Model):
    """A login begun on a page: its QR code is scanned, and the two digits on the screen are said in the chat.

    `how` is `scan`, or `password`: then `person_id` is known from the start, and nobody else can say the digits.
    """

    id = fields.IntField(primary_key=True)
    scene_index = fields.CharField(max_length=40, unique=True)
    browser_index = fields.CharField(max_length=40, db_index=True)
    digits = fields.CharField(max_length=2)
    how = fields.CharField(max_length=10, default="scan")
    begun_at = UtcDatetime()
    expires_at = UtcDatetime()
    tries = fields.SmallIntField(default=0)
    person_id = fields.IntField(null=True)
    approved_at = UtcDatetime(null=True)
    used_at = UtcDatetime(null=True)

    class Meta:
        table = "login_scan"


class ConsolePassword(Model):
    """The password of somebody in office, as the words of Argon2id (promise X10); never in a dump or an export."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("models.Person", related_name="console_password")
    person_id: int
    phrase = fields.CharField(max_length=200)
    set_at = UtcDatetime()

    class Meta:
        table = "console_password"


class LoginTry(Model):
    """One wrong try; `what` is the fingerprint of the account or of the caller's address (promise X11)."""

    id = fields.BigIntField(primary_key=True)
    what = fields.CharField(max_length=40)
    at = UtcDatetime()

    class Meta:
        table = "login_try"
        indexes = (("what", "at"),)
