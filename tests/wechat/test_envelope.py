"""The door opens for the platform alone, and says no in one way only."""

import base64
import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from tests.wechat.peer import (
    AES_KEY,
    APP_ID,
    NONCE,
    NOW,
    OPENID,
    ORIGINAL_ID,
    TOKEN,
    Peer,
    enveloped,
    packet,
    plain_query,
    sha1,
    signed,
    text_packet,
)
from wechat.envelope import MAX_AGE, MAX_BODY, Envelope, Refused
from wechat.messages import Text
from wechat.packets import parse

DAY = 86_400

# The platform's own published sample (cryptoDemo.zip), as many libraries quote it.
SAMPLE_ENCRYPT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9"
    "FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3y"
    "t+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v"
    "6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
SAMPLE_PLAIN = (
    "<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]>"
    "</FromUserName><CreateTime>1409735668</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[abcdteT]]></Content><MsgId>6054768590064713728</MsgId>"
)
SAMPLE_QUERY = {
    "timestamp": "1409735669",
    "nonce": "1320562132",
    "encrypt_type": "aes",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}
SAMPLE_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def sealed_by_hand(plain: bytes) -> str:
    """An Encrypt value whose padded contents are exactly `plain`."""
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def framed(xml: bytes, *, app_id: bytes = APP_ID.encode(), length: int | None = None) -> bytes:
    """The contents before padding."""
    return b"0123456789abcdef" + (len(xml) if length is None else length).to_bytes(4, "big") + xml + app_id


def padded(full: bytes) -> bytes:
    """The platform's padding, 1 to 32 bytes."""
    pad = 32 - len(full) % 32
    return full + bytes([pad]) * pad


def reason(envelope: Envelope, query: dict[str, str], body: bytes, now: float = NOW) -> str:
    """The word a refusal is counted under."""
    with pytest.raises(Refused) as refused:
        envelope.open(query, body, now)
    assert type(refused.value) is Refused
    return refused.value.reason


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_the_platforms_published_sample_opens(mode):
    envelope = Envelope("wx2c2769f8efd9abc2", "spamtest", SAMPLE_AES_KEY, "gh_10f6c3c3ac5a", mode)
    body = f"<xml>{SAMPLE_PLAIN}<Encrypt><![CDATA[{SAMPLE_ENCRYPT}]]></Encrypt></xml>".encode()
    message = envelope.open(SAMPLE_QUERY, body, 1409735669)
    assert isinstance(message, Text)
    assert (message.content, message.msg_id) == ("abcdteT", "6054768590064713728")
    assert message.openid == "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


def test_the_address_is_verified_again_and_again(envelope):
    query = {**plain_query(), "echostr": "6082367098131221"}
    assert [envelope.verify_url(query) for _ in range(3)] == ["6082367098131221"] * 3


@pytest.mark.parametrize(
    "change",
    [{"signature": "0" * 40}, {"signature": ""}, {"signature": "签名"}, {"nonce": "1"}, {"timestamp": ""}],
    ids=["wrong", "empty", "not ascii", "other nonce", "no time"],
)
def test_the_echo_stays_in_without_a_signature(envelope, change):
    with pytest.raises(Refused):
        envelope.verify_url({**plain_query(), "echostr": "1", **change})


RIGHT, WRONG, MISSING = "right", "wrong", "missing"
MATRIX = [
    (mode, body, signature, msg_signature)
    for mode in ("safe", "compatible", "plain")
    for body in ("encrypted", "plain")
    for signature, msg_signature in [(RIGHT, RIGHT), (RIGHT, WRONG), (WRONG, RIGHT), (RIGHT, MISSING)]
]


@pytest.mark.parametrize(("mode", "body", "signature", "msg_signature"), MATRIX, ids="/".join)
def test_each_mode_takes_its_own_packets_under_its_own_signature(peer, mode, body, signature, msg_signature):
    envelope = Envelope(APP_ID, TOKEN, AES_KEY, ORIGINAL_ID, mode)
    query, sealed = peer.seal(text_packet("encrypted"))
    for name, state in (("signature", signature), ("msg_signature", msg_signature)):
        if state != RIGHT:
            query[name] = "0" * 40
        if state == MISSING:
            del query[name]
    sent = sealed if body == "encrypted" else text_packet("plain").encode()
    may_open = (
        signature == RIGHT and body == "plain" if mode == "plain" else msg_signature == RIGHT and body == "encrypted"
    )
    if may_open:
        assert envelope.open(query, sent, NOW).content == body
    else:
        assert reason(envelope, query, sent)


def test_the_callers_query_chooses_no_mode(envelope):
    for encrypt_type in ("raw", "", "none"):
        query = {**plain_query(), "encrypt_type": encrypt_type}
        assert reason(envelope, query, text_packet().encode()) == "mode"


def test_plain_fields_beside_the_sealed_ones_are_not_believed(peer):
    envelope = Envelope(APP_ID, TOKEN, AES_KEY, ORIGINAL_ID, "compatible")
    query, sealed = peer.seal(text_packet("true"))
    forged = sealed.replace(b"<Encrypt>", b"<Content>false</Content><FromUserName>x</FromUserName><Encrypt>")
    message = envelope.open(query, forged, NOW)
    assert (message.content, message.openid) == ("true", OPENID)


@pytest.mark.parametrize(
    ("plain", "word"),
    [
        (padded(framed(text_packet().encode(), app_id=b"wxffffffffffffffff")), "app_id"),
        (padded(framed(text_packet().encode(), app_id=b"")), "app_id"),
        (padded(framed(text_packet().encode(), app_id=APP_ID.encode() + b"x")), "app_id"),
        (padded(framed(text_packet().encode(), length=0xFFFFFFFF)), "length"),
        (padded(framed(text_packet().encode(), length=len(text_packet().encode()) + 60)), "length"),
        (b"0" * 31 + b"\x00", "padding"),
        (b"0" * 31 + b"\x21", "padding"),
        (framed(b"x" * 10) + b"\x02" * 15 + b"\x03", "padding"),
        (b"\x10" * 16, "length"),
        (padded(b"0123456789"), "length"),
        (padded(framed(b"\xff\xfe")), "encoding"),
        (padded(framed(b"")), "xml"),
        (padded(framed(b"hello")), "xml"),
    ],
    ids=[
        *(
            "foreign app id",
            "no app id",
            "longer app id",
            "endless length",
            "length into padding",
            "pad 0",
            "pad 33",
        ),
        *("uneven padding", "nothing but padding", "no length", "not utf-8", "empty", "no xml"),
    ],
)
def test_a_signed_packet_with_wrong_contents_is_refused(envelope, plain, word):
    encrypted = sealed_by_hand(plain + b"\x00" * (-len(plain) % 16))
    assert reason(envelope, signed(encrypted), enveloped(encrypted)) == word


@pytest.mark.parametrize("encrypted", ["AAAA", "not base64!", "=", "QUJD" * 4], ids=["short", "junk", "pad", "12"])
def test_a_signed_value_that_is_no_ciphertext_is_refused(envelope, encrypted):
    assert reason(envelope, signed(encrypted), enveloped(encrypted)) in ("base64", "length")


@pytest.mark.parametrize("size", range(32))
def test_every_length_of_padding_opens(envelope, peer, size):
    message = envelope.open(*peer.seal(text_packet("x" * size)), NOW)
    assert message.content == "x" * size


def test_a_packet_for_another_account_is_refused(envelope, peer):
    query, body = peer.seal(text_packet(to="gh_ffffffffffff"))
    assert reason(envelope, query, body) == "recipient"
    query, body = peer.seal(text_packet())
    assert reason(envelope, query, body.replace(ORIGINAL_ID.encode(), b"gh_ffffffffffff")) == "recipient"


BOMB = '<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
HOSTILE = {
    "doctype": "<!DOCTYPE xml><xml></xml>",
    "entities": BOMB,
    "external entity": '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><a>&a;</a></xml>',
    "doctype behind a comment": "<!-- <![CDATA[ --><!DOCTYPE xml><xml></xml>",
    "doctype behind a declaration": '<?xml version="1.0"?>\n<!DOCTYPE xml><xml></xml>',
    "doctype inside": "<xml><!DOCTYPE xml></xml>",
    "entity of nobody": "<xml><a>&b;</a></xml>",
    "depth": "<xml>" + "<a>" * 60_000,
    "depth 9": "<xml>" + "<a>" * 8 + "</a>" * 8 + "</xml>",
    "other root": "<html></html>",
    "no end": "<xml><a>",
    "two roots": "<xml></xml><xml></xml>",
    "no element": "   ",
    "json list": "[1, 2]",
    "json depth": '{"a":' * 50_000,
    "json of another shape": '{"a": [[[[[[[[[1]]]]]]]]]}',
    "repeated Encrypt": "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
    "nested Encrypt": "<xml><Encrypt><a>b</a></Encrypt></xml>",
    "empty Encrypt": "<xml><Encrypt></Encrypt></xml>",
    "declared in another encoding": '<?xml version="1.0" encoding="gbk"?><xml><a>\x00</a></xml>',
}


@pytest.mark.parametrize("written", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("where", ["outer", "inner", "plain"])
def test_hostile_packets_are_refused_everywhere(envelope, peer, written, where):
    if where == "outer":
        assert reason(envelope, plain_query(), written.encode())
    elif where == "inner":
        assert reason(envelope, *peer.seal(written))
    else:
        plain = Envelope(APP_ID, TOKEN, "", ORIGINAL_ID, "plain")
        assert reason(plain, plain_query(), written.encode())


def test_a_person_may_write_about_doctypes(envelope, peer):
    said = "<!DOCTYPE html> <!ENTITY> 报到"
    assert envelope.open(*peer.seal(text_packet(said)), NOW).content == said


def test_a_pasted_control_character_does_not_lose_the_message(envelope, peer):
    assert envelope.open(*peer.seal(text_packet("报\x08到\x00")), NOW).content == "报到"


@pytest.mark.parametrize(
    ("body", "word"),
    [(b" " * (MAX_BODY + 1), "oversize"), (b"<xml>\xff</xml>", "encoding"), (b"", "xml"), (b"\x00", "xml")],
    ids=["oversize", "not utf-8", "empty", "nul"],
)
def test_bodies_that_are_no_text_are_refused(envelope, body, word):
    assert reason(envelope, plain_query(), body) == word


@pytest.mark.parametrize(
    ("age", "is_taken"),
    [(0, True), (DAY, True), (-DAY, True), (2 * DAY, True), (MAX_AGE + 1, False), (30 * DAY, False)],
    ids=["fresh", "clock a day ahead", "clock a day behind", "two days", "older", "a month"],
)
@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_old_packets_are_refused_and_fresh_ones_never(peer, mode, age, is_taken):
    envelope = Envelope(APP_ID, TOKEN, AES_KEY, ORIGINAL_ID, mode)
    query, sealed = peer.seal(text_packet())
    body = sealed if mode == "safe" else text_packet().encode()
    if is_taken:
        assert envelope.open(query, body, NOW + age).openid == OPENID
        assert envelope.open(query, body, NOW + age).openid == OPENID
    else:
        assert reason(envelope, query, body, NOW + age) == "stale"


def test_an_old_message_under_a_fresh_signature_is_stale(envelope, peer):
    query, body = peer.seal(text_packet(created=NOW - MAX_AGE - 1))
    assert reason(envelope, query, body) == "stale"


@pytest.mark.parametrize("stamp", ["", "soon", "١٢٣", "-1", "1" * 30], ids=["none", "word", "arabic", "minus", "long"])
def test_a_signed_time_that_is_no_number_is_refused(envelope, peer, stamp):
    _, body = peer.seal(text_packet())
    encrypted = body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode()
    query = {"timestamp": stamp, "nonce": NONCE, "msg_signature": sha1(TOKEN, stamp, NONCE, encrypted)}
    assert reason(envelope, query, body) == "query"


@pytest.mark.parametrize(
    "fields",
    ["", "<MsgType></MsgType>", "<MsgType><a>b</a></MsgType>", "<MsgType>a</MsgType><MsgType>b</MsgType>"],
    ids=["none", "empty", "nested", "twice"],
)
def test_a_packet_without_a_type_is_refused(envelope, peer, fields):
    assert reason(envelope, *peer.seal(packet(fields))) == "fields"


@pytest.mark.parametrize(
    ("change", "word"),
    [((OPENID, "o" * 65), "fields"), ((f">{NOW}<", ">99999999999<"), "query")],
    ids=["a sender no account has", "a time beyond calendars"],
)
def test_a_head_that_cannot_be_kept_is_refused(envelope, peer, change, word):
    assert reason(envelope, *peer.seal(text_packet().replace(*change))) == word


@pytest.mark.parametrize("name", ["FromUserName", "CreateTime"])
def test_a_packet_without_sender_or_time_is_refused(envelope, peer, name):
    written = text_packet().replace(f"<{name}>", "<Other>").replace(f"</{name}>", "</Other>")
    assert reason(envelope, *peer.seal(written)) == "fields"


def test_a_json_push_opens_under_the_same_rules(envelope, peer):
    inner = {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": OPENID,
        "CreateTime": NOW,
        "MsgType": "text",
        "MsgId": 1,
    }
    _, body = peer.seal(json.dumps({**inner, "Content": "报到"}, ensure_ascii=False))
    encrypted = body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode()
    outer = json.dumps({"ToUserName": ORIGINAL_ID, "Encrypt": encrypted}).encode()
    assert envelope.open(signed(encrypted), outer, NOW).content == "报到"
    assert reason(envelope, plain_query(), json.dumps(inner).encode()) == "mode"


def test_a_sealed_answer_is_what_the_peer_reads(envelope):
    answer = text_packet("好的" * 300)
    sealed = envelope.seal(answer, {"nonce": NONCE}, NOW + 1.7)
    fields = sealed.decode()
    signature = fields.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    assert f"<TimeStamp>{NOW + 1}</TimeStamp><Nonce><![CDATA[{NONCE}]]></Nonce>" in fields
    peer = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    assert peer.decrypt_message(sealed, signature, str(NOW + 1), NONCE) == answer


def test_each_packet_stands_for_itself_however_many_came_before(envelope, peer):
    key = base64.b64decode(AES_KEY + "=")
    for number in range(40):
        query, body = peer.seal(text_packet("话" * number))
        assert envelope.open(query, body, NOW).content == "话" * number
        if number % 3 == 0:
            refused = sealed_by_hand(os.urandom(32))
            reason(envelope, signed(refused), enveloped(refused))
        sealed = parse(envelope.seal(f"<xml>{'答' * number}</xml>", query, NOW).decode())["Encrypt"]
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        opened = decryptor.update(base64.b64decode(sealed))
        assert opened[:16].isascii()
        assert opened[20:].startswith(f"<xml>{'答' * number}</xml>{APP_ID}".encode())


def test_no_two_answers_are_sealed_alike(envelope):
    assert envelope.seal("<xml/>", {"nonce": NONCE}, NOW) != envelope.seal("<xml/>", {"nonce": NONCE}, NOW)


@pytest.mark.parametrize("body", ["success", ""])
def test_success_and_silence_stay_unsealed(envelope, body):
    assert envelope.seal(body, {"nonce": NONCE}, NOW) == body.encode()


def test_a_plain_door_answers_plainly():
    plain = Envelope(APP_ID, TOKEN, "", ORIGINAL_ID, "plain")
    assert plain.seal("<xml>好</xml>", {}, NOW) == "<xml>好</xml>".encode()


@pytest.mark.parametrize(
    "setting",
    [
        {"aes_key": "short"},
        {"aes_key": "a" * 42 + "!"},
        {"aes_key": "a" * 44},
        {"aes_key": ""},
        {"app_id": ""},
        {"token": ""},
        {"original_id": ""},
        {"mode": "secure"},
    ],
    ids=lambda setting: "=".join(*setting.items()),
)
def test_settings_that_cannot_work_stop_the_start(setting):
    usual = {"app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY, "original_id": ORIGINAL_ID, "mode": "safe"}
    with pytest.raises(ValueError, match="must"):
        Envelope(**{**usual, **setting})


@pytest.mark.parametrize("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
def test_every_last_letter_of_a_key_works(last):
    key = AES_KEY[:-1] + last
    envelope = Envelope(APP_ID, TOKEN, key, ORIGINAL_ID)
    assert envelope.open(*Peer(aes_key=key).seal(text_packet()), NOW).openid == OPENID


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(flip=st.integers(min_value=0), body=st.binary(max_size=200))
def test_noise_is_always_refused(envelope, peer, flip, body):
    query, sealed = peer.seal(text_packet())
    assert reason(envelope, query, body)
    at = flip % len(sealed)
    changed = bytearray(sealed)
    changed[at] ^= 1 + flip % 255
    try:
        assert envelope.open(query, bytes(changed), NOW).content == "报到"
    except Refused:
        return


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(blocks=st.integers(min_value=1, max_value=8))
def test_signed_noise_is_always_refused(envelope, blocks):
    encrypted = base64.b64encode(os.urandom(16 * blocks)).decode()
    assert reason(envelope, signed(encrypted), enveloped(encrypted))
