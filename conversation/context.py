"""Everything a handler may know about one message: who, what, when, under which county's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from conversation.understanding import Reading
from kit.clock import local_day
from kit.county import County
from models.people.accounts import Account
from models.people.members import STAFF, Person
from wechat.messages import Message

_NOTHING = Reading(intent="none", slots={}, confidence=0.0, runners_up=(), danger=None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person this account may speak for, as `self` or as `proxy`."""

    person: Person
    relation: str


@dataclass(frozen=True, slots=True)
class Context:
    """One message as a handler sees it. `member` is the person spoken for; a stranger has none."""

    account: Account
    message: Message
    now: datetime
    county: County
    text: str = ""
    speakers: tuple[Speaker, ...] = ()
    member: Person | None = None
    reading: Reading = _NOTHING
    chosen: Mapping[str, Any] = field(default_factory=dict)
    is_hasty: bool = False
    """Whether this account has sent more within a minute than anybody can mean (promise X17)."""

    @property
    def openid(self) -> str:
        """The account that writes."""
        return self.account.openid

    @property
    def today(self) -> date:
        """The day in the county."""
        return local_day(self.now)

    @property
    def slots(self) -> Mapping[str, str]:
        """What was said and need not be asked again."""
        return self.reading.slots

    @property
    def person(self) -> Person:
        """The person spoken for, where the handler was declared to need one."""
        if self.member is None:
            raise LookupError("this handler must be declared with needs=(MEMBER,)")
        return self.member

    @property
    def has_consented(self) -> bool:
        """Whether the privacy notice of this version was agreed to; who works here did so when taking office."""
        is_staff = any(one.person.standing == STAFF for one in self.speakers)
        return is_staff or self.account.consented == self.county.privacy_version

    def choosing(self, args: Mapping[str, Any]) -> Context:
        """The same message, as the choice of a numbered item."""
        return replace(self, chosen=args)

    def understood(self, reading: Reading) -> Context:
        """The same message, with what it was understood to mean."""
        return replace(self, reading=reading)

    def speaking_for(self, person: Person) -> Context:
        """The same message, spoken for this person."""
        return replace(self, member=person)

    def saying(self, words: str, reading: Reading) -> Context:
        """The same message, standing for words that were said before it."""
        return replace(self, text=words, reading=reading)

    @property
    def owner(self) -> Person | None:
        """The person whose own account this is; nobody for a stranger and for one who only speaks for others."""
        return next((one.person for one in self.speakers if one.relation == "self"), None)

    @property
    def subject(self) -> Person | None:
        """The person spoken for, else the owner, else the only one spoken for: for what cannot wait to be asked."""
        return self.member or self.owner or (self.speakers[0].person if self.speakers else None)
