"""The platform's side of the envelope, by wechatpy: the independent peer of our own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from wechatpy.crypto import WeChatCrypto

from wechat.packets import parse

APP_ID, TOKEN, ORIGINAL_ID = "wx0123456789abcdef", "a-test-token", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "0123456789abcdef0123456789abcdef"
OPENID = "oDemo00000000000000000000001"
NOW = 1_767_000_000
NONCE = "1320562132"


def sha1(*parts: str) -> str:
    """The platform's signature."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def packet(fields: str, to: str = ORIGINAL_ID, created: int = NOW) -> str:
    """A push as XML, with the usual head."""
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{OPENID}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime>{fields}</xml>"
    )


def text_packet(content: str = "报到", **head: Any) -> str:
    """A text message as XML."""
    return packet(
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"
        "<MsgId>7212345678901234567</MsgId>",
        **head,
    )


@dataclass
class Peer:
    """The platform's side of the envelope, by wechatpy."""

    app_id: str = APP_ID
    aes_key: str = AES_KEY

    @property
    def crypto(self) -> WeChatCrypto:
        return WeChatCrypto(TOKEN, self.aes_key, self.app_id)

    def seal(self, xml: str, stamp: int = NOW) -> tuple[dict[str, str], bytes]:
        """Query and body of a push in safe mode."""
        sealed = parse(self.crypto.encrypt_message(xml, NONCE, str(stamp)))
        return signed(sealed["Encrypt"], stamp), enveloped(sealed["Encrypt"])


def signed(encrypted: str, stamp: int = NOW) -> dict[str, str]:
    """The query of a push with this Encrypt value."""
    plain = plain_query(stamp)
    return {**plain, "encrypt_type": "aes", "msg_signature": sha1(TOKEN, str(stamp), NONCE, encrypted)}


def plain_query(stamp: int = NOW) -> dict[str, str]:
    """The query of a push in plain mode."""
    signature = sha1(TOKEN, str(stamp), NONCE)
    return {"timestamp": str(stamp), "nonce": NONCE, "signature": signature, "openid": OPENID}


def enveloped(encrypted: str, to: str = ORIGINAL_ID) -> bytes:
    """The body of a push in safe mode."""
    return (f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>").encode()
