"""People the service knows by name: members, staff, their consents and whom to call for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import Derived, Encrypted, UtcDatetime, blind, facts_column
from texts.initials import initials_of

if TYPE_CHECKING:
    from models.people.organisation import Organisation

STAFF = "staff"
TAIL = 4
PHONE_COLUMNS = ("phone", "phone_index", "phone_tail")
NAME_COLUMNS = ("name", "initials")


def tail_index(phone: str | None) -> str | None:
    """The blind index of the last digits of a number; nothing for one that is shorter."""
    return blind(phone[-TAIL:], "person.phone_tail") if phone and len(phone) > TAIL else None


class Person(Model):
    """Anybody the service knows by name.

    A `Member` (离退休干部党员) is a person whose `standing` is `retiree`, `veteran_retiree` or `serving_member`;
    `staff` is somebody who works here without being on the roster. Identity is this row, never the openid.
    `birth` is three numbers in its own calendar, kept as said: a lunar 1950-02-30 is no calendar date.
    `phone_tail` is the blind index of the last four digits, `initials` the letters the name begins with: both follow
    the row by themselves where they are written with it (`PHONE_COLUMNS`, `NAME_COLUMNS`).
    """

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=80, unique=True, null=True)
    name = fields.CharField(max_length=60, db_index=True)
    standing = fields.CharField(max_length=20, default="retiree")
    state = fields.CharField(max_length=20, default="active")
    sex = fields.CharField(max_length=10, null=True)
    birth = fields.CharField(max_length=10, null=True)
    birth_calendar = fields.CharField(max_length=6, default="solar")
    birth_leap = fields.BooleanField(default=False)
    birthday_offset = fields.SmallIntField(null=True)
    phone = Encrypted("person.phone", null=True)
    phone_index = fields.CharField(max_length=40, null=True, db_index=True)
    phone_tail = Derived("tail_of_phone", max_length=40, null=True, db_index=True)
    initials = Derived("letters_of_name", max_length=20, default="", db_index=True)
    branch: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="branch_members", null=True
    )
    branch_id: int | None
    community: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="residents", null=True
    )
    community_id: int | None
    unit = fields.CharField(max_length=80, null=True)
    estate = fields.CharField(max_length=40, null=True)
    building = fields.CharField(max_length=20, null=True)
    room = Encrypted("person.room", null=True)
    joined = fields.DateField(null=True)
    retires_on = fields.DateField(null=True, db_index=True)
    skills = facts_column(default=list)
    lives_alone = Encrypted("person.lives_alone", null=True)
    mobility = Encrypted("person.mobility", null=True)
    preferred_channel = fields.CharField(max_length=20, null=True)
    liaison: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="liaison_of", null=True, db_index=True, on_delete=fields.OnDelete.SET_NULL
    )
    liaison_id: int | None
    opted_out = facts_column(default=list)
    next_occasions_from = fields.DateField(null=True, db_index=True)

    class Meta:
        table = "person"
        # Who belongs to a place, how many, and how old they are, is read from these alone.
        indexes = (
            ("branch_id", "state", "standing", "community_id", "birth", "sex"),
            ("community_id", "state", "standing", "estate"),
        )

    @property
    def is_member(self) -> bool:
        """Whether the person stands on the roster."""
        return self.standing != STAFF

    @property
    def letters_of_name(self) -> str:
        """What `initials` keeps."""
        return initials_of(self.name)

    @property
    def tail_of_phone(self) -> str | None:
        """What `phone_tail` keeps."""
        return tail_index(self.phone)

    def set_phone(self, phone: str | None) -> None:
        """Change the number and its blind index together; the index alone finds it again."""
        self.phone = phone
        self.phone_index = blind(phone, "person.phone") if phone else None

    @classmethod
    async def by_phone(cls, phone: str) -> list[Person]:
        """Everybody with exactly this number."""
        return await cls.filter(phone_index=blind(phone, "person.phone"))


class EmergencyContact(Model):
    """Whom to call first for a person (紧急联系人)."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="contacts", db_index=True
    )
    person_id: int
    name = Encrypted("contact.name")
    relation = Encrypted("contact.relation", null=True)
    phone = Encrypted("contact.phone", null=True)
    openid = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "emergency_contact"


class ActivityRegistration(Model):
    """A person takes part in another organisation's life without being its member (never mixed with membership)."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="registrations")
    person_id: int
    organisation: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="registrations"
    )
    organisation_id: int
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)

    class Meta:
        table = "activity_registration"
        unique_together = (("person", "organisation"),)

    @classmethod
    def held(cls, on: date) -> QuerySet[ActivityRegistration]:
        """Registrations that hold on the day."""
        return cls.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))


class Consent(Model):
    """A purpose agreed to or withdrawn (promise V2): by a person, or by an account before anybody is bound to it."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="consents", null=True, db_index=True
    )
    person_id: int | None
    openid = fields.CharField(max_length=64, null=True, db_index=True)
    purpose = fields.CharField(max_length=20)
    version = fields.CharField(max_length=20)
    how = fields.CharField(max_length=20, default="chat")
    given_at = UtcDatetime()
    withdrawn_at = UtcDatetime(null=True)

    class Meta:
        table = "consent"


def day_or_none(value: Any) -> date | None:
    """An ISO day from a file, or nothing; raises `ValueError` for a day that does not exist."""
    return date.fromisoformat(str(value)) if value else None
