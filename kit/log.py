"""Structured log lines that carry a stable word and facts, and never a secret (promise X8)."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"((?:access_token|secret|appsecret|code|refresh_token|signature|ticket)=)[^&\s\"']+", re.I)
_URL_QUERY = re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']*")
# How Tortoise and PostgreSQL quote the value they did not take: a name, an openid, a sentence.
_VALUE = re.compile(r"(Length of )'.*?'(?= \d+ [<>])|(Key \([^)\n]*\)=)\([^\n]*\)", re.S)


def redact(text: str) -> str:
    """`text` without queries of addresses, values of secret-looking parameters and values a database refused."""
    text = _VALUE.sub(lambda found: f"{found[1] or found[2]}…", text)
    return _SECRET.sub(r"\1…", _URL_QUERY.sub(r"\1?…", text))


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


class _RedactingFormatter(logging.Formatter):
    """Libraries' own log lines pass the same redaction, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def configure(level: str = "INFO") -> None:
    """Send our lines as JSON and libraries' lines as text to standard error, both redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The access log of the server would show query strings; the counters say what is needed.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    for noisy in ("apscheduler", "tortoise", "procrastinate", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
