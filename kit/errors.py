"""The one exception by which the rules say no.

The family of failures in this house::

    Exception
    ├── Refusal          the rules say no: polite, expected, no error in the log
    ├── WeChatError      the platform says no: a closed table in wechat/errors.py
    └── anything else    our bug: logged once with an incident number
"""

from __future__ import annotations


class Refusal(Exception):
    """The rules say no; `key` names the sentence in `texts`, `facts` fill its blanks."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
