"""What became of what we sent, and what happens to the account and its authorisations (wechat.md §2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from wechat.messages.events import Event, inside
from wechat.messages.head import element, items, text, whole


@dataclass(frozen=True, slots=True, repr=False)
class TemplateFinished(Event):
    """What became of a template message we sent; `msg_id` is what sending it returned."""

    answerable = False
    names = ("templatesendjobfinish",)

    msg_id: str = element("MsgID")
    status: str = element("Status")

    @property
    def is_delivered(self) -> bool:
        """Whether it reached the person's chat."""
        return self.status.strip().lower() == "success"

    @property
    def is_blocked(self) -> bool:
        """Whether the person refuses the account's messages."""
        return "user block" in self.status.lower()

    def _distinction(self) -> str:
        return self.msg_id


def _articles(value: object) -> tuple[str, ...]:
    return tuple(text(entry.get("ArticleUrl", "")) for entry in items(value, "ResultList", "item"))


@dataclass(frozen=True, slots=True, repr=False)
class MassFinished(Event):
    """What became of a mass job; counts are approximate, `openid` is the platform's own account."""

    answerable = False
    names = ("masssendjobfinish",)

    msg_id: str = element("MsgID")
    status: str = element("Status")
    total: int = element("TotalCount", whole)
    filtered: int = element("FilterCount", whole)
    sent: int = element("SentCount", whole)
    errors: int = element("ErrorCount", whole)
    articles: tuple[str, ...] = element("ArticleUrlResult", _articles)
    copyright_state: str = element("CopyrightCheckResult", inside("CheckState"))

    @property
    def is_sent(self) -> bool:
        """Whether the job went out; otherwise `status` is `send fail` or `err(n)`."""
        return self.status.strip().lower() == "send success"

    def _distinction(self) -> str:
        return self.msg_id


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's answer to one subscription prompt; `scene` 1 is a page, 2 an article."""

    template_id: str
    is_accepted: bool
    scene: str = ""

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From one `List` element."""
        accepted = text(entry.get("SubscribeStatusString", "")).lower() == "accept"
        return cls(text(entry.get("TemplateId", "")), accepted, text(entry.get("PopupScene", "")))


@dataclass(frozen=True, slots=True)
class SentResult:
    """What became of one subscription notice; `code` 0 is delivered."""

    template_id: str
    msg_id: str
    code: int
    status: str = ""

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From one `List` element."""
        template_id, msg_id, status = (text(entry.get(n, "")) for n in ("TemplateId", "MsgID", "ErrorStatus"))
        return cls(template_id, msg_id, whole(entry.get("ErrorCode", "")), status)


def _listed(read: Any) -> Any:
    """Reads the repeated `List` of a wrapper."""

    def inner(value: object) -> tuple[Any, ...]:
        return tuple(read(entry) for entry in items(value, "List"))

    return inner


@dataclass(frozen=True, slots=True, repr=False)
class SubscribePopup(Event):
    """Somebody answered a subscription prompt."""

    answerable = False
    names = ("subscribe_msg_popup_event",)

    choices: tuple[Choice, ...] = element("SubscribeMsgPopupEvent", _listed(Choice.read))

    def _distinction(self) -> str:
        return ",".join(f"{c.template_id}={c.is_accepted:d}" for c in self.choices)


@dataclass(frozen=True, slots=True, repr=False)
class SubscribeChange(Event):
    """Somebody took a subscription back."""

    answerable = False
    names = ("subscribe_msg_change_event",)

    choices: tuple[Choice, ...] = element("SubscribeMsgChangeEvent", _listed(Choice.read))

    def _distinction(self) -> str:
        return ",".join(f"{c.template_id}={c.is_accepted:d}" for c in self.choices)


@dataclass(frozen=True, slots=True, repr=False)
class SubscribeSent(Event):
    """What became of subscription notices we sent."""

    answerable = False
    names = ("subscribe_msg_sent_event",)

    results: tuple[SentResult, ...] = element("SubscribeMsgSentEvent", _listed(SentResult.read))

    def _distinction(self) -> str:
        return ",".join(f"{r.template_id}={r.msg_id}" for r in self.results)


@dataclass(frozen=True, slots=True, repr=False)
class _Authorised(Event):
    """An event about a person who once authorised us; `person` is their openid, which `openid` is not."""

    answerable = False

    person: str = element("OpenID")
    union_id: str = element("UnionID")
    app_id: str = element("AppID")

    def _distinction(self) -> str:
        return self.person


@dataclass(frozen=True, slots=True, repr=False)
class UserInfoModified(_Authorised):
    """The platform cleared a risky profile."""

    names = ("user_info_modified",)


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizationRevoke(_Authorised):
    """Somebody withdrew their authorisation: what it gave us is deleted. `revoke_info` is opaque."""

    names = ("user_authorization_revoke",)

    revoke_info: str = element("RevokeInfo")


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizationCancellation(_Authorised):
    """Somebody closed their WeChat account: their data is deleted."""

    names = ("user_authorization_cancellation",)


@dataclass(frozen=True, slots=True, repr=False)
class Verified(Event):
    """The account's yearly verification: passed, due soon or over; `expires` in seconds since 1970."""

    answerable = False
    names = ("qualification_verify_success", "naming_verify_success", "annual_renew", "verify_expired")

    expires: int = element("ExpiredTime", whole)


@dataclass(frozen=True, slots=True, repr=False)
class VerificationFailed(Event):
    """The account's verification failed; `failed_at` in seconds since 1970."""

    answerable = False
    names = ("qualification_verify_fail", "naming_verify_fail")

    failed_at: int = element("FailTime", whole)
    reason: str = element("FailReason")


@dataclass(frozen=True, slots=True, repr=False)
class KfSession(Event):
    """A human agent took up, handed over or ended a conversation."""

    answerable = False
    names = ("kf_create_session", "kf_close_session", "kf_switch_session")

    account: str = element("KfAccount")
    from_account: str = element("FromKfAccount")
    to_account: str = element("ToKfAccount")

    def _distinction(self) -> str:
        return f"{self.account},{self.from_account},{self.to_account}"


OUTCOMES: tuple[type[Event], ...] = (
    *(TemplateFinished, MassFinished, SubscribePopup, SubscribeChange, SubscribeSent),
    *(UserInfoModified, AuthorizationRevoke, AuthorizationCancellation),
    *(Verified, VerificationFailed, KfSession),
)
