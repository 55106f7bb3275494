"""How the platform says no: a number, its English words, and what belongs to the number.

Refused            the API's refusal, answered with HTTP 200 and an errcode
NotPossible        the phone cannot do this now (a wrong use of the page or of the control API)
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The API refuses a call; `extra` goes into the answer beside errcode and errmsg."""

    def __init__(self, code: int, detail: str = "", **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.extra = extra

    @property
    def message(self) -> str:
        """The platform's wording, more exact where the call gave a detail."""
        return self.detail or MESSAGES.get(self.code, "system error")


class NotPossible(Exception):
    """What a person tried on the phone does not work; `reason` is a stable word the page translates."""

    def __init__(self, reason: str, status: int = 409) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


MESSAGES: dict[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid meida size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid menu type",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40031: "invalid openid list",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40036: "invalid template_id size",
    40037: "invalid template_id",
    40052: "invalid action name",
    40053: "invalid action info",
    40054: "invalid sub button url domain",
    40055: "invalid button url domain",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    40201: "invalid callback action",
    40246: "invalid keyword list",
    40247: "category template needed",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41008: "missing code",
    41009: "missing openid",
    41016: "missing template id",
    42001: "access_token expired",
    42002: "refresh_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "require remove blacklist",
    43101: "user refuse to accept the msg",
    43116: "this template is banned",
    43117: "too frequent to this openid",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45053: "remark size out of limit",
    45056: "tag number out of limit",
    45057: "can't delete the tag that has too many fans",
    45058: "can't modify sys tag",
    45059: "can not tag more than 20 tags to a fan",
    45065: "clientmsgid exist",
    45066: "same clientmsgid retry too fast",
    45067: "clientmsgid size out of limit",
    45072: "command not in the list",
    45080: "client is not active recently",
    45081: "already in typing state",
    45113: "not support card or product",
    45157: "invalid tag name",
    45158: "tag name too long",
    45159: "invalid tag id",
    45162: "invalid articles type",
    45169: "some openid is being modified",
    45171: "tag some users fail",
    46003: "menu no exist",
    46004: "user no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48006: "forbid to clear quota because of reaching the limit",
    65301: "menuid not exist",
    65303: "no default menu",
    65316: "too many domains",
    65320: "invalid match rule",
    76001: "rid not exist",
    76021: "cgi_path not found",
    76022: "could not use this cgi_path, no permission",
    89504: "this application is pending admin confirm",
    200011: "this template is not yours",
    200012: "template number out of limit",
    200014: "invalid template tid",
    200020: "invalid kidList",
    200021: "invalid sceneDesc",
    9410010: "invalid long_data",
    9410011: "invalid expire_seconds",
    9410012: "invalid short_key",
}
