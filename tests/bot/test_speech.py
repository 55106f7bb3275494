"""Hearing by a service or a program: off by default, its words only ever a suggestion that is read back."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cast import arrange
from talking import Talk, open_talk

from bot.house import House
from bot.listening import listening_job
from bot.speech import HttpSpeech, ProgramSpeech, speech_of
from conversation.engine import Engine
from conversation.router import Directory
from handlers.routers import ROUTERS
from kit.county import County, SpeechNumbers
from kit.settings import Settings
from models.help.voices import Voice
from models.help.wishes import Alarm, Wish
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.accounts import Account
from wechat.client import Media

SOUND = b"#!AMR\n" + b"\x3c" * 200


@dataclass
class Service:
    """A speech service that answers as it is told and remembers what came."""

    answer: Any = None
    status: int = 200
    came: list[tuple[str, bytes, str]] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.came.append((request.content_type, await request.read(), request.headers.get("Authorization", "")))
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def service() -> AsyncIterator[tuple[Service, str, aiohttp.ClientSession]]:
    heard = Service({"result": [{"text": " 水管 漏了 "}]})
    app = web.Application()
    app.router.add_post("/asr", heard.hear)
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as http:
        yield heard, str(server.make_url("/asr")), http
    await server.close()


def test_nothing_is_contacted_unless_the_county_says_so() -> None:
    assert speech_of(County().speech, cast("aiohttp.ClientSession", None)) is None


async def test_a_service_gets_the_recording_and_gives_the_words(service: tuple[Any, str, Any]) -> None:
    heard, url, http = service
    numbers = SpeechNumbers(url=url, headers={"Authorization": "Bearer abc"}, answer="result.0.text")
    assert await HttpSpeech(numbers, http).words(SOUND, "audio/amr") == "水管 漏了"
    assert heard.came == [("audio/amr", SOUND, "Bearer abc")]


@pytest.mark.parametrize(
    ("answer", "status"), [({"result": []}, 200), ("漏了", 200), ({"error": "busy"}, 503)],
    ids=["nothing in it", "another form", "refused"],
)  # fmt: skip
async def test_a_service_that_fails_has_heard_nothing(service: tuple[Any, str, Any], answer: Any, status: int) -> None:
    heard, url, http = service
    heard.answer, heard.status = answer, status
    numbers = SpeechNumbers(url=url, answer="result.0.text")
    assert await HttpSpeech(numbers, http).words(SOUND, "audio/amr") == ""


async def test_a_service_that_is_not_there_has_heard_nothing() -> None:
    async with aiohttp.ClientSession() as http:
        assert await HttpSpeech(SpeechNumbers(url="http://127.0.0.1:9/asr"), http).words(SOUND, "audio/amr") == ""


PROGRAMS = {
    "says": ("import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write('水管漏了\\n'.encode())", "水管漏了"),
    "fails": ("import sys; sys.exit(3)", ""),
    "hangs": ("import time; time.sleep(30)", ""),
}


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_on_this_machine(name: str, tmp_path: Path) -> None:
    code, words = PROGRAMS[name]
    (tmp_path / "hear.py").write_text(code, "utf-8")
    numbers = SpeechNumbers(command=f"{sys.executable} {tmp_path / 'hear.py'}", seconds=3.0)
    assert await ProgramSpeech(numbers).words(SOUND, "audio/amr") == words


async def test_a_program_that_is_not_there_has_heard_nothing() -> None:
    assert await ProgramSpeech(SpeechNumbers(command="/nowhere/hear")).words(SOUND, "audio/amr") == ""


# From the voice to what comes of it.


class Platform:
    """Only what the job asks of the platform."""

    async def download_media(self, media_id: str, limit: int) -> Media:
        return Media("audio/amr", SOUND)


@dataclass
class Hears:
    said: str

    async def words(self, sound: bytes, content_type: str) -> str:
        assert sound == SOUND
        return self.said


@pytest.fixture
async def talk(db: None, monday: datetime) -> AsyncIterator[Talk]:
    await arrange(monday)
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


async def speak(talk: Talk, media: str = "m1") -> None:
    """A voice of 钱二梅."""
    await Account.filter(openid="oQian").update(consented=County().privacy_version)
    fields = {"ToUserName": "gh_5a17c0de0001", "FromUserName": "oQian", "CreateTime": str(int(talk.now.timestamp()))}
    from wechat.messages import read

    voice = read({**fields, "MsgType": "voice", "MediaId": media, "Format": "amr", "MsgId": "1"}, "<xml/>")
    await talk.inbox.take(voice, talk.now)


async def hear(talk: Talk, said: str) -> None:
    """A voice of 钱二梅, kept with her consent, in which this is recognised."""
    await speak(talk)
    await talk.say("oQian", "1")
    house = House(
        settings=Settings(_env_file=None, wechat_original_id="gh_5a17c0de0001"),
        county=County(),
        client=cast("Any", Platform()),
        courier=cast("Any", None),
        engine=Engine(Directory.of(ROUTERS)),
        speech=Hears(said),
        presence=cast("Any", None),
        holder="here",
    )
    await listening_job(house).run(talk.now, cast("Any", None))


async def test_what_was_heard_is_read_back_and_then_counts_like_typed_words(talk: Talk) -> None:
    await hear(talk, "家里水管漏了 找人修一下")
    assert (await Voice.get()).words == "家里水管漏了 找人修一下"
    asked = await Notice.get(say="human.heard")
    asked.channel, asked.state = "customer", "accepted"
    await asked.save()
    from delivery.policy import DeliveryPolicy
    from delivery.wording import leave_question

    await leave_question(asked, "oQian", talk.now, DeliveryPolicy())
    assert "对吗？" in await talk.say("oQian", "1")
    assert (await talk.say("oQian", "1")).startswith("记下了，李四友")
    assert await Wish.filter(kind="order_service").exists()
    assert await Wish.filter(kind="voice", state="open").exists()


async def test_danger_in_a_voice_acts_at_once(talk: Talk) -> None:
    await hear(talk, "我摔倒了起不来")
    assert (await Alarm.get()).words == "我摔倒了起不来"
    assert "120" in ((await Notice.get(say="human.heard_at_once")).facts or "")
    assert not await Notice.filter(say="human.heard").exists()


async def test_what_nobody_recognised_waits_for_a_human_ear(talk: Talk) -> None:
    await hear(talk, "")
    assert (await Voice.get()).state == "kept"
    assert not await Notice.filter(say__startswith="human.heard").exists()
    assert await Wish.filter(kind="voice", state="open").exists()


async def test_a_voice_whose_sound_has_an_impossible_name_still_reaches_a_human(talk: Talk) -> None:
    await speak(talk, media="m" * 201)
    assert await Wish.filter(kind="voice", state="open", media_id="").exists()
    assert (await InboxMessage.get()).state == "done"
