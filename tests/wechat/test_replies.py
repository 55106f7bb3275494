"""Whatever we answer, the platform can show it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.replies import deserialize_reply

from tests.wechat.peer import NOW, OPENID, ORIGINAL_ID, packet, text_packet
from wechat.messages import read_raw
from wechat.packets import parse
from wechat.replies import (
    SUCCESS,
    TEXT_LIMIT,
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Nothing,
    TextReply,
    Transfer,
    VideoReply,
    VoiceReply,
    fit,
    parts,
    render,
)

SAID = read_raw(text_packet())
CLICKED = read_raw(packet("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>a</EventKey>"))
CARDS = tuple(Article(f"标题{n}", "说明", "http://p", f"http://u/{n}") for n in range(9))


def shown(reply, message=SAID):
    return parse(render(reply, message, NOW))


def test_a_reply_goes_back_to_who_wrote():
    fields = shown(TextReply("好的"))
    assert fields == {
        **{"ToUserName": OPENID, "FromUserName": ORIGINAL_ID, "CreateTime": str(NOW)},
        **{"MsgType": "text", "Content": "好的"},
    }


BODIES = [
    (ImageReply("m"), "image", {"Image": {"MediaId": "m"}}),
    (VoiceReply("m"), "voice", {"Voice": {"MediaId": "m"}}),
    (VideoReply("m"), "video", {"Video": {"MediaId": "m"}}),
    (VideoReply("m", "题", "述"), "video", {"Video": {"MediaId": "m", "Title": "题", "Description": "述"}}),
    (
        MusicReply("t", "题", "述", "u", "h"),
        "music",
        {
            "Music": {
                **{"Title": "题", "Description": "述", "MusicUrl": "u"},
                **{"HQMusicUrl": "h", "ThumbMediaId": "t"},
            }
        },
    ),
    (Transfer(), "transfer_customer_service", {}),
    (Transfer("a@b"), "transfer_customer_service", {"TransInfo": {"KfAccount": "a@b"}}),
]


@pytest.mark.parametrize(("reply", "msg_type", "body"), BODIES, ids=[msg_type for _, msg_type, _ in BODIES])
def test_each_kind_has_its_body(reply, msg_type, body):
    fields = shown(reply)
    assert fields["MsgType"] == msg_type
    assert {name: value for name, value in fields.items() if name in body} == body


@pytest.mark.parametrize(("message", "count"), [(SAID, 1), (CLICKED, 8)], ids=["to a message", "to an event"])
def test_no_more_cards_than_the_platform_takes(message, count):
    fields = shown(NewsReply(CARDS), message)
    items = fields["Articles"]["item"]
    assert fields["ArticleCount"] == str(count)
    assert (len(items) if isinstance(items, list) else 1) == count


@pytest.mark.parametrize(
    "reply",
    [
        TextReply("好的 <a href='x'>这里</a> & ]]>"),
        ImageReply("m"),
        NewsReply(CARDS[:2]),
        VideoReply("m", "题"),
    ],
    ids=lambda reply: type(reply).__name__,
)
def test_wechatpy_reads_our_replies(reply):
    peers = deserialize_reply(render(reply, CLICKED, NOW))
    assert (peers.target, peers.source) == (OPENID, ORIGINAL_ID)
    if isinstance(reply, TextReply):
        assert peers.content == reply.content


@pytest.mark.parametrize(
    "reply", [Nothing(), TextReply(""), TextReply(" \n"), TextReply("\x00"), NewsReply(())], ids=repr
)
def test_nothing_to_show_is_success(reply):
    assert render(reply, SAID, NOW) == SUCCESS


@pytest.mark.parametrize("name", ["unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event", "new"])
def test_events_that_show_no_answer_get_success(name):
    happened = read_raw(packet(f"<MsgType>event</MsgType><Event>{name}</Event>"))
    assert render(TextReply("好的"), happened, NOW) == SUCCESS


INJECTIONS = [
    "]]>",
    "]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[",
    "]]]]>>",
    "]]",
    "]" * 50 + ">",
    "<![CDATA[x]]>",
    "&lt;&amp;",
]


@pytest.mark.parametrize("said", INJECTIONS)
def test_no_content_breaks_out(said):
    assert shown(TextReply(said))["Content"] == said
    assert shown(Transfer(said))["TransInfo"]["KfAccount"] == said
    assert shown(NewsReply((Article(said, said),)))["Articles"]["item"]["Title"] == said


def test_control_characters_are_left_out():
    assert shown(TextReply("报\x00\x08\x1b到\ud800\t\n"))["Content"] == "报到\t\n"


@given(st.text(max_size=3000))
def test_every_text_is_shown_and_short_enough(said):
    rendered = render(TextReply(said), SAID, NOW)
    if rendered != SUCCESS:
        assert len(parse(rendered)["Content"].encode()) <= TEXT_LIMIT


FITS = [
    ("", 10, ""),
    ("abc", 3, "abc"),
    ("abcd", 3, "abc"),
    ("报到", 6, "报到"),
    ("报到", 5, "报"),
    ("报到", 2, ""),
    ("👵👴", 7, "👵"),
    ("看<a href='u'>这里</a>好", 12, "看"),
    ("看<a href='u'>这里</a>好", 100, "看<a href='u'>这里</a>好"),
    ("看<a href='u'>里</a>好呀", 27, "看<a href='u'>里</a>好"),
]


@pytest.mark.parametrize(("said", "limit", "cut"), FITS)
def test_a_text_is_cut_between_characters_and_outside_links(said, limit, cut):
    assert fit(said, limit) == cut


@given(st.text(alphabet="报到\n a👵", max_size=400), st.integers(min_value=8, max_value=100))
def test_parts_lose_nothing(said, limit):
    pieces = parts(said, limit)
    assert "".join(pieces) == said
    assert all(len(piece.encode()) <= limit for piece in pieces)
