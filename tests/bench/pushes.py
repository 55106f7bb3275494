"""Makes the platform's sealed pushes before the clock starts, and opens the answers to look at them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto

from wechat.packets import parse

APP_ID, TOKEN, ORIGINAL_ID = "wx0123456789abcdef", "a-bench-token", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NONCE = "1320562132"

_numbers = count(7_300_000_000_000_000_000)
_peer = WeChatCrypto(TOKEN, AES_KEY, APP_ID)


def requests(said: Iterable[tuple[str, str]], now: float) -> list[bytes]:
    """One whole HTTP request for each (openid, words), every one a new message."""
    return [_request(openid, words, int(now)) for openid, words in said]


def _request(openid: str, words: str, now: int) -> bytes:
    push = (
        f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{next(_numbers)}</MsgId></xml>"
    )
    sealed = parse(_peer.encrypt_message(push, NONCE, str(now)))
    body = (
        f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
    ).encode()
    names = {"timestamp": str(now), "nonce": NONCE, "encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
    head = (
        f"POST /wechat?{urlencode(names)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def words_of(answer: bytes) -> str:
    """What an answer says to the person, verified and decrypted by wechatpy; empty for `success`."""
    if not answer.startswith(b"<xml>"):
        return ""
    outer = parse(answer.decode())
    opened = _peer.decrypt_message(answer.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    return str(parse(opened).get("Content", ""))
