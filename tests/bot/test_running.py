"""The edges of a running process: a port that is taken, and a watcher outside that does not answer."""

from __future__ import annotations

import socket

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from furnished import settings_of

from bot.commands.running import _listens
from bot.heartbeat import ring


@pytest.mark.parametrize(("taken", "words"), [(True, "端口已经有程序在用"), (False, "检查 JINQIU_HOST")])
async def test_a_door_that_cannot_open_is_told_in_one_line(tmp_path, capsys, taken, words):
    runner = web.AppRunner(web.Application())
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = "127.0.0.1" if taken else "192.0.2.1"
        settings = settings_of(tmp_path, host=host, port=other.getsockname()[1])
        assert not await _listens(runner, settings)
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    await runner.cleanup()


async def test_a_watcher_hears_or_does_not_and_its_address_stays_secret(capsys):
    async def hears(request):
        return web.Response(status=404 if "gone" in request.path else 200)

    app = web.Application()
    app.add_routes([web.get("/{name}", hears)])
    async with TestServer(app) as watcher:
        assert await ring(str(watcher.make_url("/s3cret")))
        assert not await ring(str(watcher.make_url("/s3cret-gone")))
    assert not await ring("http://127.0.0.1:9/s3cret")
    assert not await ring("s3cret")
    shown = capsys.readouterr()
    assert "s3cret" not in shown.out + shown.err
