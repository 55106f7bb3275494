"""What happened on the walk: each step with its clicks and its time, and what a page must never do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WRONG = (AssertionError, LookupError, RuntimeError, TimeoutError, ValueError)
"""What a step may fail with; the browser's own errors are handed in by who walks."""


@dataclass
class Step:
    """One step: what it is about, the clicks it took, how long, and why it failed, if it did."""

    title: str
    clicks: int = 0
    seconds: float = 0.0
    problem: str = ""


@dataclass
class Book:
    """Everything that is told at the end."""

    errors: tuple[type[Exception], ...] = WRONG
    is_quiet: bool = False
    steps: list[Step] = field(default_factory=list)
    axe: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """One step; a failure is written down and the walk goes on."""
        step, begun = Step(title), time.monotonic()
        self.steps.append(step)
        try:
            yield step
        except self.errors as exc:
            step.problem = (str(exc).strip() or type(exc).__name__).splitlines()[0][:300]
        step.seconds = time.monotonic() - begun
        self._tell(step)

    def click(self) -> None:
        """One click, tap or Enter of the step under way."""
        self.steps[-1].clicks += 1

    def violation(self, page: str, rule: str, where: str) -> None:
        """What the checker found on a page; the same finding on the same page counts once."""
        self.axe.setdefault(f"{page} {rule}", where)

    def _tell(self, step: Step) -> None:
        if self.is_quiet:
            return
        mark = "✗" if step.problem else "✓"
        print(f"{mark} {len(self.steps):3}  {step.clicks:2} clicks {step.seconds:6.2f} s  {step.title}", flush=True)
        if step.problem:
            print(f"         {step.problem}", flush=True)

    def findings(self) -> list[str]:
        """What was seen that should not be, one line each."""
        seen = [f"axe: {page_and_rule}: {where}" for page_and_rule, where in self.axe.items()]
        return seen + [f"foreign: {url}" for url in self.foreign] + [f"console: {said}" for said in self.console]

    @property
    def is_good(self) -> bool:
        """Whether every step went well and nothing was found."""
        return not self.findings() and not any(step.problem for step in self.steps)

    def last_line(self) -> str:
        """The one line for machines."""
        return json.dumps(
            {
                "steps": len(self.steps),
                "failed": sum(bool(step.problem) for step in self.steps),
                "clicks": sum(step.clicks for step in self.steps),
                "seconds": round(sum(step.seconds for step in self.steps), 1),
                "axe_violations": len(self.axe),
                "foreign_requests": len(self.foreign),
                "console_errors": len(self.console),
            }
        )
