"""At the door: signatures right and wrong (P01), doctypes and entities (P05), repeats (P02)."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.config import Account
from simulator.push.packets import Packet, Seal, Stamp, new_nonce, xml
from tests.storm.pushing import Answer
from tests.storm.scene import Scene, rows, wishes_of

DOCTYPE = b'<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">]>'


async def _effects(scene: Scene, openids: list[str]) -> int:
    """Rows that these accounts have left anywhere a message could leave one."""
    from models.inbox import InboxMessage
    from models.people.accounts import Account as AccountRow

    async with rows(scene.town):
        seen = await InboxMessage.filter(openid__in=openids).count()
        return seen + await AccountRow.filter(openid__in=openids).count()


async def p01_signatures(scene: Scene) -> str:
    """24 requests of right, wrong, missing and swapped parameters; only the right ones leave a trace."""
    right, wrong = scene.accounts(2)
    verdicts = [(name, await _asked(scene, query), expected) for name, query, expected in _verifications(scene)]
    for name, query, body, expected in _posts(scene, right, wrong):
        verdicts.append((name, (await scene.pusher.post(query, body))[0].status, expected))
    unexpected = [f"{name}: {got}" for name, got, expected in verdicts if got != expected]
    assert len(verdicts) == 24, len(verdicts)
    assert not unexpected, unexpected
    assert await _effects(scene, [wrong]) == 0
    assert await _effects(scene, [right]) == 2
    return "24 cases as expected, 0 effects of refused ones"


async def _asked(scene: Scene, query: dict[str, str]) -> int:
    answer, body = await scene.pusher.request("GET", query, None)
    if answer.status == 200:
        assert body.decode() == query["echostr"]
    return answer.status


def _verifications(scene: Scene) -> list[tuple[str, dict[str, str], int]]:
    stamp, nonce = str(scene.pusher.now()), new_nonce()
    signature = scene.pusher.seal.signature(stamp, nonce)
    good = {"signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": "8412346790512345678"}
    foreign = Seal(Account(token="SomebodyElse")).signature(stamp, nonce)

    def without(name: str) -> dict[str, str]:
        return {key: value for key, value in good.items() if key != name}

    return [
        ("get right", good, 200),
        ("get wrong signature", good | {"signature": "0" * 40}, 403),
        ("get foreign token", good | {"signature": foreign}, 403),
        ("get other nonce", good | {"nonce": "1"}, 403),
        ("get swapped signature and nonce", good | {"signature": nonce, "nonce": signature}, 403),
        ("get no signature", without("signature"), 403),
        ("get no timestamp", without("timestamp"), 403),
        ("get no nonce", without("nonce"), 403),
        ("get other timestamp", good | {"timestamp": str(int(stamp) + 1)}, 403),
        ("get nothing", {}, 403),
    ]


def _posts(scene: Scene, right: str, wrong: str) -> list[tuple[str, dict[str, str], bytes, int]]:
    pusher = scene.pusher
    stamp = Stamp(str(pusher.now()), new_nonce())
    good_query, good_body = pusher.seal.post(pusher.text(right, "你好"), stamp)
    bad = pusher.text(wrong, "你好")
    query, body = pusher.seal.post(bad, stamp)

    def sealed_by(**changed: str) -> tuple[dict[str, str], bytes]:
        return Seal(Account(**changed)).post(bad, stamp)  # type: ignore[arg-type]

    def without(name: str) -> dict[str, str]:
        return {key: value for key, value in query.items() if key != name}

    outer = query["signature"]
    other_house = Packet({**bad.fields, "ToUserName": "gh_ffffffffffff"})
    old = Stamp(str(pusher.now() - 4 * 86400), stamp.nonce)
    return [
        ("post right", good_query, good_body, 200),
        ("post wrong msg_signature", query | {"msg_signature": "0" * 40}, body, 403),
        ("post outer for inner signature", query | {"msg_signature": outer}, body, 403),
        ("post no msg_signature", without("msg_signature"), body, 403),
        ("post no timestamp", without("timestamp"), body, 403),
        ("post no nonce", without("nonce"), body, 403),
        ("post other nonce", query | {"nonce": "1"}, body, 403),
        ("post plain body", query, xml(bad.fields), 403),
        ("post plain body, raw", without("msg_signature") | {"encrypt_type": "raw"}, xml(bad.fields), 403),
        ("post foreign app id", *sealed_by(app_id="wx0000000000000000"), 403),
        ("post foreign key", *sealed_by(aes_key="A" * 43), 403),
        ("post foreign token", *sealed_by(token="SomebodyElse"), 403),
        ("post to another account", *pusher.seal.post(other_house, stamp), 403),
        ("post four days old", *pusher.seal.post(bad, old), 403),
    ]


async def p05_doctypes(scene: Scene) -> str:
    """8 signed bodies with a DOCTYPE or entities, outside or inside: refused within 50 ms, no trace."""
    openids = scene.accounts(8)
    answers: list[Answer] = []
    for number, openid in enumerate(openids):
        query, body = _poisoned(scene, scene.pusher.text(openid, "你好"), number)
        answers.append((await scene.pusher.post(query, body))[0])
    assert [one.status for one in answers] == [403] * 8, [one.status for one in answers]
    assert await _effects(scene, openids) == 0
    # The middle one is judged: a machine that does other things too may keep a single answer waiting.
    middle = sorted(one.seconds for one in answers)[4] * 1000
    assert middle <= 50, f"{middle:.0f} ms"
    return f"8 refused, half of them within {middle:.1f} ms, 0 effects"


def _poisoned(scene: Scene, packet: Packet, number: int) -> tuple[dict[str, str], bytes]:
    """The first four are poisoned inside the sealing, the others outside."""
    seal, stamp = scene.pusher.seal, Stamp(str(scene.pusher.now()), new_nonce())
    plain = xml(packet.fields)
    variants = [
        DOCTYPE + plain,
        DOCTYPE + plain.replace("你好".encode(), b"]]>&a;<![CDATA["),
        plain.replace(b"<xml>", b'<!DOCTYPE xml SYSTEM "file:///etc/hostname"><xml>', 1),
        plain.replace(b"<xml>", b'<xml><!ENTITY a "b">', 1),
    ]
    inside = variants[number % 4] if number < 4 else plain
    sealed = seal.encrypt(inside)
    query: dict[str, str] = {"timestamp": stamp.timestamp, "nonce": stamp.nonce, "encrypt_type": "aes"}
    query["signature"] = seal.signature(stamp.timestamp, stamp.nonce)
    query["msg_signature"] = seal.signature(stamp.timestamp, stamp.nonce, sealed)
    outer: dict[str, Any] = {"ToUserName": packet.fields["ToUserName"], "Encrypt": sealed}
    body = xml(outer)
    outside = [
        DOCTYPE + body,
        body.replace(b"<xml>", DOCTYPE + b"<xml>", 1),
        body.replace(b"<xml>", b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x"><xml>', 1),
        body.replace(b"<xml>", b'<xml><!ENTITY a "b">', 1),
    ]
    return query, outside[number % 4] if number >= 4 else body


async def p02_repeats(scene: Scene) -> str:
    """200 messages three times each, half of them at the same moment: one effect each, the same answer or silence."""
    openids = scene.accounts(scene.of(100, 200))
    gate = asyncio.Semaphore(24)

    async def thrice(number: int, openid: str) -> set[str]:
        packet = scene.pusher.text(openid, "帮忙")
        async with gate:
            if number % 2:
                answers = await asyncio.gather(*(scene.pusher.until_acknowledged(packet) for _ in range(3)))
            else:
                answers = [await scene.pusher.until_acknowledged(packet) for _ in range(3)]
        return {str(one.words) for one in answers if one.words}

    heard = await asyncio.gather(*(thrice(number, openid) for number, openid in enumerate(openids)))
    assert all(len(words) == 1 for words in heard)
    effects = await wishes_of(scene.town, openids)
    lost, doubled = len(set(openids) - set(effects)), sum(1 for times in effects.values() if times > 1)
    assert (lost, doubled) == (0, 0), f"lost {lost}, doubled {doubled}"
    return f"{len(openids)} messages three times each: {len(effects)} effects, same answers"
