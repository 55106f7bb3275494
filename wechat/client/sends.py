"""Sends: customer messages, template messages, subscription notices and mass jobs (wechat.md §3.3–3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wechat.client.calls import Caller
from wechat.client.transport import Json
from wechat.payloads import Audience, Everybody, Payload, Tagged, These

_CUSTOM = "/cgi-bin/message/custom/send"
_TYPING = "/cgi-bin/message/custom/typing"
_TEMPLATE = "/cgi-bin/message/template/send"
_TEMPLATES = "/cgi-bin/template/get_all_private_template"
_SUBSCRIPTION = "/cgi-bin/message/subscribe/bizsend"
_MASS = "/cgi-bin/message/mass/"
CLIENT_MSG_ID_LIMIT = 32
"""Characters of an idempotency id, by the newest page of the platform (45067)."""


@dataclass(frozen=True, slots=True)
class MassJob:
    """A mass job the platform took; `was_there` if it had taken it before under the same id (45065)."""

    msg_id: str
    msg_data_id: str = ""
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """A template message or subscription notice: values by key, already fit (`wechat.templates`)."""

    template_id: str
    values: Mapping[str, str]
    url: str = ""
    client_msg_id: str = ""

    def body(self, openid: str, link: str) -> Json:
        """The platform's JSON; `link` is what this kind calls its page."""
        _require_short(self.client_msg_id)
        made: Json = {"touser": openid, "template_id": self.template_id}
        made["data"] = {key: {"value": value} for key, value in self.values.items()}
        named = {link: self.url, "client_msg_id": self.client_msg_id}
        return made | {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class PrivateTemplate:
    """A template the account may use; `content` holds its placeholders."""

    template_id: str
    title: str
    content: str


class Sends(Caller):
    """Everything that makes a message appear on somebody's phone."""

    async def send_customer(self, openid: str, payload: Payload, *, urgent: bool = False) -> None:
        """A customer message. Raises `WeChatError`; `OutcomeUnknown` must not be sent again (R9)."""
        await self.send(_CUSTOM, {"touser": openid, **payload.body()}, urgent=urgent)

    async def typing(self, openid: str, *, on: bool = True) -> None:
        """Shows or ends "is typing"; that it is shown already, or may not be, is no error."""
        await self.send(_TYPING, {"touser": openid, "command": "Typing" if on else "CancelTyping"})

    async def send_template(self, openid: str, message: TemplateMessage, *, urgent: bool = False) -> str:
        """A template message; returns the platform's msgid ("" for a repeat it recognised, 40241)."""
        body = message.body(openid, link="url")
        found = await self.send(_TEMPLATE, body, keyed=bool(message.client_msg_id), urgent=urgent)
        return str(found.get("msgid", ""))

    async def send_subscription(self, openid: str, message: TemplateMessage, *, urgent: bool = False) -> str:
        """A subscription notice; uses up one grant. Returns the msgid if the platform gives one."""
        body = message.body(openid, link="page")
        found = await self.send(_SUBSCRIPTION, body, keyed=bool(message.client_msg_id), urgent=urgent)
        return str(found.get("msgid", ""))

    async def private_templates(self) -> list[PrivateTemplate]:
        """The templates the account may use."""
        listed = (await self.read(_TEMPLATES)).get("template_list") or []
        return [PrivateTemplate(t["template_id"], t.get("title", ""), t.get("content", "")) for t in listed]

    async def mass_send(self, audience: Audience, payload: Payload, client_msg_id: str) -> MassJob:
        """Starts a mass job under `client_msg_id` (one per batch, ≤32 bytes); accepted is not delivered."""
        if not client_msg_id:
            raise ValueError("a mass job needs its own client_msg_id")
        _require_short(client_msg_id)
        path, target = _target(audience)
        found = await self.send(path, {**target, **payload.mass_body(), "clientmsgid": client_msg_id}, keyed=True)
        was_there = found.get("errcode") == 45065
        return MassJob(str(found.get("msg_id", "")), str(found.get("msg_data_id", "")), was_there)

    async def mass_preview(self, openid: str, payload: Payload) -> None:
        """Shows a mass message to one person first; 100 a day."""
        await self.send(f"{_MASS}preview", {"touser": openid, **payload.preview_body()})

    async def mass_get(self, msg_id: str) -> str:
        """The state of a job: SEND_SUCCESS, SENDING, SEND_FAIL or DELETE."""
        return str((await self.read(f"{_MASS}get", {"msg_id": msg_id})).get("msg_status", ""))

    async def mass_delete(self, msg_id: str, article: int = 0) -> None:
        """Takes the contents of a sent article away (1 is the first, 0 all); its card stays on the phones."""
        await self.read(f"{_MASS}delete", {"msg_id": int(msg_id), "article_idx": article})


def _target(audience: Audience) -> tuple[str, Json]:
    match audience:
        case Everybody():
            return f"{_MASS}sendall", {"filter": {"is_to_all": True}}
        case Tagged(tag_id):
            return f"{_MASS}sendall", {"filter": {"is_to_all": False, "tag_id": tag_id}}
        case These(openids):
            if not 2 <= len(openids) <= 10_000:
                raise ValueError("a mass job by name takes 2 to 10 000 openids")
            return f"{_MASS}send", {"touser": list(openids)}


def _require_short(client_msg_id: str) -> None:
    if len(client_msg_id.encode()) > CLIENT_MSG_ID_LIMIT:
        raise ValueError("a client_msg_id has at most 32 bytes")
