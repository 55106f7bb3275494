"""Every push becomes a value with a name; what is not known is kept, and nothing crashes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy import parse_message

from models.inbox import InboxMessage
from tests.wechat.peer import NOW, OPENID, ORIGINAL_ID, packet, text_packet
from wechat import messages, packets
from wechat.errors import Refused
from wechat.messages import read, read_raw
from wechat.packets import cdata, parse

ID = "<MsgId>7212345678901234567</MsgId>"


def message(msg_type, fields=ID):
    return packet(f"<MsgType><![CDATA[{msg_type}]]></MsgType>{fields}")


def event(name, fields=""):
    return message("event", f"<Event><![CDATA[{name}]]></Event>{fields}")


ARTICLES = (
    "<MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>2</TotalCount><FilterCount>1</FilterCount>"
    "<SentCount>0</SentCount><ErrorCount>1</ErrorCount><CopyrightCheckResult><Count>1</Count><ResultList><item>"
    "<ArticleIdx>1</ArticleIdx></item></ResultList><CheckState>2</CheckState></CopyrightCheckResult>"
    "<ArticleUrlResult><Count>2</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>u1</ArticleUrl></item>"
    "<item><ArticleIdx>2</ArticleIdx><ArticleUrl>u2</ArticleUrl></item></ResultList></ArticleUrlResult>"
)
PICTURES = (
    "<EventKey>6</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item>"
    "<item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"
)
CHOSEN = (
    "<EventKey>6</EventKey><SendLocationInfo><Location_X>23.1</Location_X><Location_Y>113.2</Location_Y>"
    "<Scale>15</Scale><Label>桂花路</Label><Poiname></Poiname></SendLocationInfo>"
)
ONE_CHOICE = (
    "<List><TemplateId>t1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"
    "<PopupScene>2</PopupScene></List>"
)
TWO_CHOICES = ONE_CHOICE + (
    "<List><TemplateId>t2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>"
)
RESULT = (
    "<List><TemplateId>t1</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode>"
    "<ErrorStatus>success</ErrorStatus></List>"
)
AUTHORISED = "<OpenID>oOther</OpenID><AppID>wx1</AppID><UnionID>u</UnionID>"

KINDS = [
    (text_packet(" 报到 \n"), "Text", {"content": " 报到 \n", "menu_id": "", "kind": "text"}),
    (
        message("text", f"{ID}<Content>1</Content><bizmsgmenuid>101</bizmsgmenuid>"),
        "Text",
        {"menu_id": "101"},
    ),
    (message("text", f"{ID}<Content></Content>"), "Text", {"content": ""}),
    (text_packet("【收到不支持的消息类型，暂无法显示】"), "Unsupported", {"kind": "text"}),
    (
        message("image", f"{ID}<PicUrl>p</PicUrl><MediaId>m</MediaId>"),
        "Image",
        {"media_id": "m", "picture_url": "p"},
    ),
    (
        message("voice", f"{ID}<MediaId>m</MediaId><Format>amr</Format><MediaId16K>k</MediaId16K><Recognition/>"),
        "Voice",
        {"media_id": "m", "encoding": "amr", "media_id_16k": "k"},
    ),
    (
        message("video", f"{ID}<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"),
        "Video",
        {"thumb_media_id": "t"},
    ),
    (
        message("shortvideo", f"{ID}<MediaId>m</MediaId>"),
        "ShortVideo",
        {"media_id": "m", "kind": "shortvideo"},
    ),
    (
        message(
            "location",
            f"{ID}<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale>",
        ),
        "Location",
        {"latitude": 23.134521, "longitude": 113.358803, "scale": 20, "label": ""},
    ),
    (message("link", f"{ID}<Title>标题</Title><Url>u</Url>"), "Link", {"title": "标题", "url": "u"}),
    (message("file", f"{ID}<Title>表.xlsx</Title><FileTotalLen>9</FileTotalLen>"), "File", {"size": 9}),
    (message("miniprogrampage", f"{ID}<PagePath>p</PagePath>"), "MiniProgramPage", {"page": "p"}),
    (
        message("text", f"{ID}<MsgDataId>9</MsgDataId><Idx>2</Idx>"),
        "Text",
        {"article": "9", "article_index": 2},
    ),
    (
        message("hologram", f"{ID}<Depth>3</Depth>"),
        "Unknown",
        {"kind": "hologram", "msg_id": "7212345678901234567"},
    ),
    (message("location", f"{ID}<Location_X>here</Location_X>"), "Unknown", {"kind": "location"}),
    (message("image", f"{ID}<MediaId>a</MediaId><MediaId>b</MediaId>"), "Unknown", {"kind": "image"}),
    (event("subscribe"), "Subscribe", {"scene": "", "event": "subscribe"}),
    (event("subscribe", "<EventKey></EventKey>"), "Subscribe", {"scene": ""}),
    (
        event("subscribe", "<EventKey>qrscene_guihua</EventKey><Ticket>T</Ticket>"),
        "Subscribe",
        {"scene": "guihua", "ticket": "T", "event_key": "qrscene_guihua"},
    ),
    (
        event("subscribe", "<EventKey>last_trade_no_1</EventKey>"),
        "Subscribe",
        {"scene": "last_trade_no_1"},
    ),
    (event("unsubscribe"), "Unsubscribe", {"answerable": False}),
    (
        event("SCAN", "<EventKey>guihua</EventKey><Ticket>T</Ticket>"),
        "Scan",
        {"scene": "guihua", "event": "scan"},
    ),
    (
        event("LOCATION", "<Latitude>23.1</Latitude><Longitude>113.2</Longitude><Precision>119.3</Precision>"),
        "LocationReport",
        {"latitude": 23.1, "longitude": 113.2, "precision": 119.3},
    ),
    (event("CLICK", "<EventKey>check_in</EventKey>"), "Click", {"key": "check_in"}),
    (event("click", "<EventKey>check_in</EventKey>"), "Click", {"key": "check_in"}),
    (
        event("VIEW", "<EventKey>http://a/?b&amp;c</EventKey><MenuId>1</MenuId>"),
        "View",
        {"url": "http://a/?b&c"},
    ),
    (event("view_miniprogram", "<EventKey>pages/a</EventKey>"), "View", {"event": "view_miniprogram"}),
    (
        event(
            "scancode_waitmsg",
            "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>",
        ),
        "ScanCode",
        {"scan_type": "qrcode", "result": "1", "answerable": True},
    ),
    (event("pic_weixin", PICTURES), "MenuPictures", {"count": 2, "md5s": ("a", "b")}),
    (event("pic_weixin", "<SendPicsInfo><Count>0</Count></SendPicsInfo>"), "MenuPictures", {"md5s": ()}),
    (event("location_select", CHOSEN), "LocationSelect", {"latitude": 23.1, "scale": 15, "label": "桂花路"}),
    (
        event("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status>success</Status>"),
        "TemplateFinished",
        {"msg_id": "200163836", "is_delivered": True, "is_blocked": False},
    ),
    (
        event("templatesendjobfinish", "<MsgID>1</MsgID><Status>failed:user block</Status>"),
        "TemplateFinished",
        {"is_delivered": False, "is_blocked": True},
    ),
    (
        event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>failed: system failed</Status>"),
        "TemplateFinished",
        {"is_delivered": False, "is_blocked": False},
    ),
    (
        event("MASSSENDJOBFINISH", ARTICLES),
        "MassFinished",
        {
            "msg_id": "1000001625",
            "is_sent": False,
            "total": 2,
            "articles": ("u1", "u2"),
            "copyright_state": "2",
        },
    ),
    (
        event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{TWO_CHOICES}</SubscribeMsgPopupEvent>"),
        "SubscribePopup",
        {"choices": (messages.Choice("t1", True, "2"), messages.Choice("t2", False))},
    ),
    (
        event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{ONE_CHOICE}</SubscribeMsgPopupEvent>"),
        "SubscribePopup",
        {"choices": (messages.Choice("t1", True, "2"),)},
    ),
    (
        event("subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{ONE_CHOICE}</SubscribeMsgChangeEvent>"),
        "SubscribeChange",
        {"choices": (messages.Choice("t1", True, "2"),)},
    ),
    (
        event("subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{RESULT}</SubscribeMsgSentEvent>"),
        "SubscribeSent",
        {"results": (messages.SentResult("t1", "1700827132819554304", 0, "success"),)},
    ),
    (event("user_info_modified", AUTHORISED), "UserInfoModified", {"person": "oOther", "openid": OPENID}),
    (
        event("user_authorization_revoke", f"{AUTHORISED}<RevokeInfo>301</RevokeInfo>"),
        "AuthorizationRevoke",
        {"person": "oOther", "revoke_info": "301"},
    ),
    (event("user_authorization_cancellation", AUTHORISED), "AuthorizationCancellation", {"person": "oOther"}),
    (event("annual_renew", "<ExpiredTime>1442401004</ExpiredTime>"), "Verified", {"expires": 1442401004}),
    (
        event("naming_verify_fail", "<FailTime>1442401061</FailTime><FailReason>by time</FailReason>"),
        "VerificationFailed",
        {"failed_at": 1442401061, "reason": "by time"},
    ),
    (event("kf_create_session", "<KfAccount>a@b</KfAccount>"), "KfSession", {"account": "a@b"}),
    (
        event("kf_switch_session", "<FromKfAccount>a</FromKfAccount><ToKfAccount>b</ToKfAccount>"),
        "KfSession",
        {"from_account": "a", "to_account": "b"},
    ),
    (
        event("user_get_card", "<CardId>c</CardId>"),
        "UnknownEvent",
        {"event": "user_get_card", "answerable": False},
    ),
    (event("LOCATION", "<Latitude>nan</Latitude>"), "UnknownEvent", {"event": "location"}),
    (message("event"), "UnknownEvent", {"event": ""}),
]


@pytest.mark.parametrize(("raw", "kind", "facts"), KINDS, ids=[f"{n}-{kind}" for n, (_, kind, _) in enumerate(KINDS)])
def test_each_kind_has_its_name_and_its_facts(raw, kind, facts):
    made = read_raw(raw)
    assert type(made) is getattr(messages, kind)
    assert (made.to, made.openid, made.created, made.raw) == (ORIGINAL_ID, OPENID, NOW, raw)
    assert {name: getattr(made, name) for name in facts} == facts


@pytest.mark.parametrize("raw", [raw for raw, _, _ in KINDS])
def test_every_message_is_frozen_hashable_and_reads_back_alike(raw):
    made = read_raw(raw)
    assert made == read_raw(made.raw)
    assert hash(made) == hash(read_raw(raw))
    assert 0 < len(made.identity) <= 200
    with pytest.raises(AttributeError):
        made.openid = "other"


@pytest.mark.parametrize("raw", [raw for raw, _, _ in KINDS])
def test_no_repr_shows_a_person_or_a_text(raw):
    shown = repr(read_raw(raw))
    assert OPENID not in shown
    assert "报到" not in shown
    assert "oOther" not in shown


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        (text_packet("a"), text_packet("a"), True),
        (text_packet("a"), text_packet("a").replace("7212345678901234567", "7212345678901234568"), False),
        (event("LOCATION"), event("CLICK"), False),
        (event("CLICK", "<EventKey>a</EventKey>"), event("CLICK", "<EventKey>b</EventKey>"), False),
        (event("CLICK", "<EventKey>a</EventKey>"), event("click", "<EventKey>a</EventKey>"), True),
        (event("unsubscribe"), event("unsubscribe").replace(str(NOW), str(NOW + 1)), False),
        (
            event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
            event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
            False,
        ),
        (
            event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{ONE_CHOICE}</SubscribeMsgPopupEvent>"),
            event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{TWO_CHOICES}</SubscribeMsgPopupEvent>"),
            False,
        ),
        (event("new", "<A>1</A>"), event("new", "<A>2</A>"), False),
        (event("new", "<A>1</A>"), event("new", "<A>1</A>"), True),
        (message("text", "<Content>a</Content>"), message("text", "<Content>b</Content>"), False),
    ],
    ids=[
        *(
            "same message",
            "other id",
            "two events in a second",
            "two buttons",
            "case",
            "again later",
            "two jobs",
        ),
        *("other choices", "unknown events", "unknown repeat", "no id"),
    ],
)
def test_identity_tells_repeats_from_others(one, other, are_alike):
    assert (read_raw(one).identity == read_raw(other).identity) is are_alike


def test_a_long_key_keeps_its_identity_short():
    long = "http://a/" + "x" * 1000
    made = read_raw(event("VIEW", f"<EventKey>{long}</EventKey>"))
    assert len(made.identity) < 100
    assert made.identity != read_raw(event("VIEW", f"<EventKey>{long}y</EventKey>")).identity


LONG = "9" * 300


@pytest.mark.parametrize(
    "raw",
    [
        message("text", f"<Content>a</Content><MsgId>{LONG}</MsgId>"),
        message(LONG),
        message(LONG, f"<MsgId>{LONG}</MsgId>"),
        event(LONG),
        event("user_authorization_cancellation", AUTHORISED),
    ],
    ids=["number", "kind", "kind and number", "event", "the platform's longest"],
)
def test_whatever_is_sent_fits_the_columns_of_the_inbox(raw):
    columns = InboxMessage._meta.fields_map
    made = read_raw(raw)
    assert 0 < len(made.kind) <= columns["kind"].max_length
    assert 0 < len(made.identity) <= columns["identity"].max_length


def test_json_cannot_say_what_no_database_takes():
    head = '"ToUserName":"a","FromUserName":"b","CreateTime":1,"MsgType":"text"'
    made = read(parse(f'{{{head},"Content":"a\\u0000\\ud800b"}}'))
    assert made.content == "ab"


@pytest.mark.parametrize(
    ("raw", "ours", "theirs"),
    [
        (text_packet("报到"), "content", "content"),
        (message("image", f"{ID}<MediaId>m</MediaId>"), "media_id", "media_id"),
        (message("voice", f"{ID}<Format>amr</Format>"), "encoding", "format"),
        (message("location", f"{ID}<Scale>20</Scale>"), "scale", "scale"),
        (message("link", f"{ID}<Title>标题</Title>"), "title", "title"),
        (event("CLICK", "<EventKey>a</EventKey>"), "key", "key"),
        (event("subscribe", "<EventKey>qrscene_g</EventKey>"), "scene", "scene_id"),
        (event("SCAN", "<EventKey>g</EventKey>"), "scene", "scene_id"),
        (event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>success</Status>"), "status", "status"),
        (event("kf_create_session", "<KfAccount>a</KfAccount>"), "account", "account"),
    ],
)
def test_we_read_what_wechatpy_reads(raw, ours, theirs):
    mine, peers = read_raw(raw), parse_message(raw)
    assert str(getattr(mine, ours)) == str(getattr(peers, theirs))
    assert (mine.openid, mine.to, mine.created) == (peers.source, peers.target, peers.create_time.timestamp())


def test_a_json_push_is_read_like_an_xml_one():
    sent = {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": OPENID,
        "CreateTime": str(NOW),
        "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "List": [{"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "2"}],
    }
    made = read_raw(json.dumps(sent, ensure_ascii=False))
    assert made.choices == (messages.Choice("t1", True, "2"),)
    text = {**sent, "MsgType": "text", "Content": "报到", "MsgId": 7212345678901234567}
    assert read_raw(json.dumps(text)).identity == "7212345678901234567"


def test_one_element_of_a_list_in_json_need_not_stand_in_a_list():
    sent = {"ToUserName": "a", "FromUserName": "b", "CreateTime": 1, "MsgType": "event"}
    sent |= {
        "Event": "subscribe_msg_change_event",
        "List": {"TemplateId": "t1", "SubscribeStatusString": "reject"},
    }
    assert read_raw(json.dumps(sent)).choices == (messages.Choice("t1", False),)


anything = st.text(max_size=20)
names = st.sampled_from(["MsgType", "Event", "EventKey", "Content", "MsgId", "Location_X", "ScanCodeInfo", "List", "x"])
fields = st.recursive(anything, lambda inner: st.dictionaries(names, inner) | st.lists(inner, max_size=3), max_leaves=8)
kinds = st.sampled_from([*(raw.split("[CDATA[")[3].split("]]")[0] for raw, _, _ in KINDS), "event", ""])


@settings(max_examples=100, deadline=None)
@given(msg_type=kinds, event_name=kinds | fields, rest=st.dictionaries(names, fields))
def test_no_fields_crash_the_reader(msg_type, event_name, rest):
    head = {"ToUserName": "a", "FromUserName": "b", "CreateTime": "1"}
    try:
        made = read({**rest, **head, "MsgType": msg_type, "Event": event_name})
    except Refused:
        return
    assert made.identity


@given(st.text(max_size=60))
def test_what_is_written_into_cdata_is_read_back(said):
    legal = "".join(c for c in said if c in "\t\n" or (c >= "\x20" and c not in "\ufffe\uffff"))
    found = parse(f"<xml><a>{cdata(said)}</a></xml>")["a"]
    assert found == legal.replace("\r", "") or "\r" in said


pieces = st.sampled_from(
    [
        "<a>",
        "</a>",
        "<b>",
        "</b>",
        "<![CDATA[",
        "]]>",
        "]",
        "&amp;",
        "&",
        "<",
        ">",
        "\r",
        "\n",
        " ",
        "字",
        "\x01",
        "\ufffe",
        "1",
        "<a/>",
        "<!-- -->",
        "\x85",
        "<?x?>",
        "<a x='1'>",
        "</xml>",
        "<xml>",
        "\ufeff",
    ]
)


@settings(max_examples=2000, deadline=None)
@given(st.lists(pieces, max_size=9).map("".join), st.sampled_from(["{}", "<a>{}</a>", "<a><![CDATA[{}]]></a><b>1</b>"]))
def test_a_packet_cut_at_its_tags_reads_as_expat_reads_it(written, around):
    packet = f"<xml>{around.format(written)}</xml>"
    if (cut := packets._flat(packet)) is not None:
        assert cut == packets._parse(packet)


def test_an_ordinary_packet_needs_no_parser():
    raw, _, _ = KINDS[0]
    assert packets._flat(raw) == packets._parse(raw)
