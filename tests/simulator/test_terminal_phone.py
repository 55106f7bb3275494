"""The phone in a terminal, and the command that starts the platform."""

import asyncio
import sys

import pytest

from simulator.__main__ import configured, options_parser

LINES = "你好\n/扫 nothing\n/关注\n/没有\n/图片\n/退出\n不再发\n"


async def test_lines_go_in_and_answers_come_out(bench):
    base = str(bench.client.make_url("/")).rstrip("/")
    command = [sys.executable, "-m", "simulator.phone", "--openid", "oTerminal", "--base", base]
    pipes = {
        "stdin": asyncio.subprocess.PIPE,
        "stdout": asyncio.subprocess.PIPE,
        "stderr": asyncio.subprocess.PIPE,
    }
    process = await asyncio.create_subprocess_exec(*command, **pipes)
    out, err = await asyncio.wait_for(process.communicate(LINES.encode()), 20)
    assert (process.returncode, err) == (0, b"")
    told = out.decode().splitlines()
    assert told[0] == "（出错） not-following"
    assert told[1] == "（出错） unknown-code"
    assert ("< subscribe" in told, "< image" in told) == (True, True)
    assert [push.get("Event") for push in bench.receiver.pushes] == ["subscribe", None]


async def test_no_platform_is_said_in_one_line():
    command = [sys.executable, "-m", "simulator.phone", "--openid", "o", "--base", "http://127.0.0.1:9"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, err.decode().strip()) == (1, "连不上模拟平台")


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, ("safe", "http://127.0.0.1:8080/wechat")),
        (
            [],
            {"JINQIU_WECHAT_MODE": "plain", "JINQIU_PUBLIC_URL": "http://127.0.0.1:1/"},
            ("plain", "http://127.0.0.1:1/wechat"),
        ),
        (
            ["--account-mode", "compatible", "--webhook", "http://a/"],
            {"JINQIU_WECHAT_MODE": "plain"},
            ("compatible", "http://a/"),
        ),
    ],
    ids=["the demo", "the environment", "options win"],
)
def test_options_win_over_the_environment(arguments, environment, expected):
    config = configured(options_parser().parse_args(arguments), environment)
    assert (config.account.mode, config.webhook) == expected
    assert len(config.phones) == 3
