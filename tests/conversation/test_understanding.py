"""The understanding reads single messages rightly, and knows danger from talk about it."""

import json
import time
from pathlib import Path

import pytest

from conversation.understanding import Reading, counts_as, is_escape, is_fraud, read, spoken_number, spoken_yes_no
from conversation.understanding.__main__ import main
from conversation.understanding.figures import doubted, measured, rows_of
from conversation.understanding.normal import spelled
from conversation.understanding.train import TABLES, lines, source
from conversation.understanding.weights import trained


def test_the_weights_were_trained_from_the_tables_that_lie_beside_them() -> None:
    assert trained().source == source()


def test_every_intent_of_the_tables_has_been_learnt() -> None:
    assert len(trained().intents) == 43
    assert {line.intent for line in lines()} == set(trained().intents)


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        pytest.param("认领３號", "claim_post", {"number": "3"}, id="full width and traditional"),
        pytest.param("第十二個崗 我幹", "claim_post", {"number": "12"}, id="ordinal in characters"),
        pytest.param("我要用积分换两瓶酱油", "redeem_points", {"item": "酱油", "qty": "2"}, id="goods"),
        pytest.param("新号幺九九零零零零零零幺三", "update_phone", {"phone": "19900000013"}, id="dictated phone"),
        pytest.param("订书画室 下周三下午", "book_venue", {"venue": "书画室", "when": "下周三下午"}, id="room"),
        pytest.param("值班把周六换到周日", "swap_duty", {"when": "周六", "to": "周日"}, id="swap"),
        pytest.param("驳回 材料不全", "reject", {"reason": "材料不全"}, id="reason"),
        pytest.param("王百川去世了", "report_death", {"name": "王百川"}, id="death"),
        pytest.param("我住院了 在县医院", "report_illness", {"place": "县医院"}, id="ward"),
        pytest.param("俺的积份还有多少", "ask_points", {}, id="homophone"),
        pytest.param("给三组发通知", "broadcast", {"audience": "第3党小组"}, id="group"),
        pytest.param("我和老伴报太极拳", "enrol_course", {"name": "太极拳", "qty": "2"}, id="for two"),
        pytest.param("谁能帮我搬一下冰箱", "order_service", {"kind": "heavy_lifting"}, id="carrying"),
    ],
)
def test_a_message_is_read_with_its_particulars(text: str, intent: str, slots: dict[str, str]) -> None:
    reading = read(text)
    assert (reading.intent, dict(reading.slots)) == (intent, slots)


@pytest.mark.parametrize("name", ["王百川", "欧阳丽华", "赵一禾", "司马五岳"])
def test_no_digits_of_a_slip_sound_like_danger(name: str) -> None:
    readings = [read(f"{code:04}{name}") for code in [*range(0, 10_000, 7), *range(1100, 1210), 110, 119, 120]]
    assert {reading.intent for reading in readings} == {"slip"}
    assert not any("emergency" in dict(reading.runners_up) for reading in readings)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1234阿依古丽·买买提", "阿依古丽·买买提"),
        ("4321 艾力・吐尔逊", "艾力·吐尔逊"),
        ("0110迪丽热巴•迪力木拉提", "迪丽热巴·迪力木拉提"),
    ],
)
def test_a_name_with_a_dot_is_kept_whole_on_a_slip(text: str, name: str) -> None:
    assert read(text).intent == "slip"
    assert spelled(text).endswith(name)


@pytest.mark.parametrize(
    "text", ["1203室漏水", "1103室灯坏了", "1195室马桶堵了", "110号单我接", "119号楼路灯不亮", "120号单什么情况"]
)
def test_the_number_of_a_room_or_an_order_is_no_call_for_help(text: str) -> None:
    reading = read(text)
    assert reading.intent != "emergency"
    assert dict(reading.runners_up).get("emergency", 0) < 0.15


def test_a_bare_number_is_no_danger_and_no_doubt_of_it() -> None:
    readings = [read(str(number)) for number in range(1000) if number not in (110, 119, 120)]
    assert not any(reading.intent == "emergency" for reading in readings)
    assert max(dict(reading.runners_up).get("emergency", 0) for reading in readings) < 0.15


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("阿斯顿发", "none"),
        ("给王百川报到", "check_in"),
        ("搬家了", "none"),
        ("记不住", "none"),
        ("赵一禾看望过了，没什么", "report_done"),
        ("赵老师家去过了", "report_done"),
        ("没人来看望过了", "none"),
    ],
)
def test_what_was_once_misread(text: str, intent: str) -> None:
    reading = read(text)
    assert reading.intent == intent
    assert dict(reading.runners_up).get("emergency", 0) < 0.15


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("我摔倒了起不来", "fall"),
        ("老伴昏过去了", "ill"),
        ("厨房着火了", "fire"),
        ("闻到好大煤气味", "gas"),
        ("有人撬我家门", "crime"),
        ("我爸走丢了 他有老年痴呆", "lost"),
        ("被鱼刺卡住喘不上气", "choking"),
        ("降压药吃多了 头晕", "wrong_medicine"),
        ("活着没意思 不想活了", "wish_to_die"),
        ("老张倒在楼道叫不应", "fall"),
        ("屋里一股臭鸡蛋味", "gas"),
        ("120", "ill"),
        ("119", "fire"),
        ("110", "crime"),
        ("幺二零", "ill"),
        ("俺爹倒在花坛边一动不动", "fall"),
        ("心脏病犯了 含了速效还是疼", "ill"),
        ("哮喘发作了 吸不上气", "ill"),
        ("家里走水了", "fire"),
        ("把干燥剂吃了", "wrong_medicine"),
        ("有人拿砖头砸窗", "crime"),
        ("孩子丢了", "lost"),
        ("活着是累赘 不如一死", "wish_to_die"),
        ("让摩托刮倒了", "ill"),
        ("有人砸我家门 吓死了", "crime"),
    ],
)
def test_danger_now_is_an_emergency_of_its_kind(text: str, danger: str) -> None:
    reading = read(text)
    assert (reading.intent, reading.danger) == ("emergency", danger)


@pytest.mark.parametrize(
    "text",
    [
        "年轻时候摔过一跤 现在早好了",
        "昨晚电视剧里那个人喊救命演得真像",
        "煤气费怎么交",
        "消防演练搞得很成功",
        "气死我了",
        "今天热死了",
        "我妈妈摔伤骨折,正在住院治疗",
        "手机摔坏了",
        "梦见掉河里了",
        "没人说话 闷得慌",
        "找着了 人回来了",
        "吓死我了 原来是只猫",
        "救命啊 太好笑了",
        "我家狗跑丢了",
        "来了来了 路上堵车",
        "手机快不行了",
        "睡不着起来坐坐",
        "三十年前出过车祸",
        "听见救护车响",
        "上火了 嘴里起泡",
    ],
)
def test_talk_about_danger_is_no_emergency(text: str) -> None:
    assert read(text).intent != "emergency"


def test_no_emergency_of_the_tables_is_missed() -> None:
    missed = [line.text for line in lines() if line.intent == "emergency" and read(line.text).intent != "emergency"]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("１", 1),
        ("一", 1),
        ("壹", 1),
        ("①", 1),
        ("选1", 1),
        ("第一个", 1),
        ("1.", 1),
        ("二号", 2),
        ("两个", 2),
        ("就第三个吧", 3),
        (" 2 。", 2),
        ("嗯 3", 3),
        ("我选第二个", 2),
        ("第散个", 3),
        ("十二", 12),
        ("0", 0),
        ("1️⃣", 1),
        ("3号单我去不了", None),
        ("好", None),
        ("一共多少人", None),
        ("19900000011", 19900000011),
        ("", None),
    ],
)
def test_a_choice_is_heard_in_every_form(text: str, number: int | None) -> None:
    assert spoken_number(text) == number


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("对", True),
        ("是的", True),
        ("好", True),
        ("行", True),
        ("中", True),
        ("要得", True),
        ("确认", True),
        ("好的，谢谢", True),
        ("不", False),
        ("不对", False),
        ("莫", False),
        ("冇", False),
        ("算了", False),
        ("取消", False),
        ("不是的", False),
        ("我要报名", None),
        ("好多人", None),
        ("行不行", None),
    ],
)
def test_yes_and_no_are_told_from_everything_else(text: str, answer: bool | None) -> None:
    assert spoken_yes_no(text) is answer


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("0", "back"),
        ("返回", "back"),
        ("退出", "back"),
        ("帮忙", "help"),
        ("人工", "help"),
        ("点错了", "undo"),
        ("撤销", "undo"),
        ("停", "stop"),
        ("帮忙修水管", None),
        ("退出3号岗", None),
    ],
)
def test_the_way_out_is_heard(text: str, way: str | None) -> None:
    assert is_escape(text) == way


@pytest.mark.parametrize(
    ("text", "going_on"),
    [
        ("客服叫我转账", True),
        ("公安局说我涉嫌洗钱 让我转到安全账户", True),
        ("有人要我的验证码", True),
        ("转发 防诈骗知识", False),
        ("我想转组织关系", False),
        ("党费可以转账吗", False),
    ],
)
def test_fraud_in_progress_is_noticed(text: str, going_on: bool) -> None:
    assert is_fraud(text) is going_on


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("点错了", "undo"),
        ("这是你们发的吗", "is_this_yours"),
        ("我的报到证", "my_certificate"),
        ("撤回同意", "withdraw_consent"),
        ("我要出门半个月", "away"),
        ("我要走访哪几户", "my_visits"),
        ("我同意隐私说明", "consent"),
        ("到会23人", "tell_counts"),
    ],
)
def test_further_intents_count_as_one_of_the_forty_three(text: str, intent: str) -> None:
    assert read(text).intent == intent
    assert counts_as(intent) in trained().intents


def test_a_message_is_read_within_a_millisecond_or_little_more() -> None:
    rows = rows_of(TABLES / "table.tsv", with_slots=False)
    figures, _ = measured(rows, read)
    assert figures.microseconds < 3000


def test_a_long_message_is_read_too() -> None:
    began = time.process_time()
    assert read("我要报到" * 600).intent == "check_in"
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["", " ", "。。。", "\n", "🌹", "[微笑]", "a" * 2048, "\ufeff", "1" * 300])
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    assert read(text).intent
    spoken_number(text), spoken_yes_no(text), is_escape(text), is_fraud(text)


def test_the_figures_come_as_one_object(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("claim_post\t认领3号\tnumber=3\nnone\t早上好\t\n", "utf-8")
    figures, _ = measured(rows_of(table, with_slots=True), read)
    assert (figures.n, figures.top1, figures.slots_exact, figures.none_kept) == (2, 1.0, 1.0, 1.0)


def test_the_command_prints_one_object_with_the_agreed_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("claim_post\t认领3号\nnone\t早上好\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["understanding", "--json", str(table)])
    main()
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == [
        "n",
        "top1",
        "top3",
        "emergency_recall",
        "emergency_false_alarms",
        "none_kept",
        "slots_exact",
        "microseconds",
    ]
    assert printed["slots_exact"] is None


@pytest.mark.parametrize(
    ("confidence", "idle", "sure"),
    [
        pytest.param(0.9, 0.05, True, id="likely and hardly idle talk"),
        pytest.param(0.8, 0.18, False, id="likely but perhaps idle talk"),
        pytest.param(0.55, 0.01, False, id="not likely enough"),
        pytest.param(1.0, 0.9, True, id="a whole phrase that is known"),
    ],
)
def test_only_what_is_likely_and_no_idle_talk_is_acted_upon(confidence: float, idle: float, sure: bool) -> None:
    assert Reading("claim_post", {}, confidence, (("none", idle),), None).is_sure is sure


def test_few_calm_messages_are_asked_about_danger() -> None:
    rows = rows_of(TABLES / "table.tsv", with_slots=False)
    assert doubted(rows, [read(row.text) for row in rows]) <= 0.005


def test_phrases_with_a_meaning_given_are_learnt_as_one_of_the_forty_three(tmp_path: Path) -> None:
    given = tmp_path / "meanings.tsv"
    given.write_text("my_visits\t我要去看谁来着\n", "utf-8")
    learnt = lines([given])[-1]
    assert (learnt.intent, learnt.author) == ("my_tasks", "meanings")
