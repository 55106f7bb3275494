"""What the gateway costs a message (verify, decrypt, parse, build, encrypt): ours beside wechatpy's."""

from __future__ import annotations

from collections.abc import Callable
from timeit import repeat

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply as PeerTextReply

from wechat.envelope import Envelope
from wechat.packets import parse
from wechat.replies import TextReply, render

APP_ID, TOKEN, ORIGINAL_ID = "wx0123456789abcdef", "a-bench-token", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW, NONCE = 1_767_000_000, "1320562132"
PUSH = (
    f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>"
    "<FromUserName><![CDATA[oDemo00000000000000000000001]]></FromUserName>"
    f"<CreateTime>{NOW}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[报到]]></Content><MsgId>7212345678901234567</MsgId></xml>"
)
ANSWER = "王百川，您好。您的报到已经收到，三个工作日内给您答复。要办别的事，请回复 0。"


def rows(runs: int = 300) -> dict[str, float]:
    """Microseconds a message (best of seven rounds): the steps, and the whole way of both."""
    peer = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    ours = Envelope(APP_ID, TOKEN, AES_KEY, ORIGINAL_ID)
    body, query = sealed_push(peer)
    message = ours.open(query, body, NOW)
    answer = render(TextReply(ANSWER), message, NOW)
    peer_text = peer.decrypt_message(body, query["msg_signature"], query["timestamp"], NONCE)
    peer_message = parse_message(peer_text)

    def whole() -> bytes:
        opened = ours.open(query, body, NOW)
        return ours.seal(render(TextReply(ANSWER), opened, NOW), query, NOW)

    def peer_whole() -> str:
        text = peer.decrypt_message(body, query["msg_signature"], query["timestamp"], NONCE)
        reply = PeerTextReply(message=parse_message(text), content=ANSWER)
        return str(peer.encrypt_message(reply.render(), NONCE))

    steps: dict[str, Callable[[], object]] = {
        "parse, ours": lambda: parse(PUSH),
        "parse, wechatpy": lambda: parse_message(PUSH),
        "open, ours": lambda: ours.open(query, body, NOW),
        "open, wechatpy": lambda: parse_message(
            peer.decrypt_message(body, query["msg_signature"], query["timestamp"], NONCE)
        ),
        "render, ours": lambda: render(TextReply(ANSWER), message, NOW),
        "render, wechatpy": lambda: PeerTextReply(message=peer_message, content=ANSWER).render(),
        "seal, ours": lambda: ours.seal(answer, query, NOW),
        "seal, wechatpy": lambda: peer.encrypt_message(answer, NONCE),
        "whole, ours": whole,
        "whole, wechatpy": peer_whole,
    }
    return {name: min(repeat(step, number=runs, repeat=7)) / runs * 1e6 for name, step in steps.items()}


def sealed_push(peer: WeChatCrypto) -> tuple[bytes, dict[str, str]]:
    """The push as the platform would send it in safe mode, sealed by wechatpy, with its query."""
    envelope = parse(peer.encrypt_message(PUSH, NONCE, str(NOW)))
    body = (
        f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>"
        f"<Encrypt><![CDATA[{envelope['Encrypt']}]]></Encrypt></xml>"
    )
    query = {"timestamp": str(NOW), "nonce": NONCE, "msg_signature": envelope["MsgSignature"]}
    return body.encode(), query


if __name__ == "__main__":
    for name, cost in rows().items():
        print(f"{name:18} {cost:8.1f} µs")
