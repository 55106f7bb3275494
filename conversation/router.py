"""Says which handler belongs to which intent, action, dialog or event; the order of routers is visible and meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from conversation.context import Context
from conversation.dialog import Dialog
from conversation.reply import Reply

Answering = Callable[[Context], Awaitable[Reply]]

CONSENT, MEMBER, WHOM = "consent", "member", "whom"
"""What a handler needs to know first: the consent, a known person, or only which one where there are several."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that answers, its public name, and what it needs to know first."""

    name: str
    run: Answering
    needs: tuple[str, ...] = ()


@dataclass(slots=True)
class Router:
    """The handlers of one capability."""

    name: str
    intents: dict[str, Handler] = field(default_factory=dict)
    actions: dict[str, Handler] = field(default_factory=dict)
    events: dict[type, Handler] = field(default_factory=dict)
    dialogs: dict[str, Dialog] = field(default_factory=dict)

    def intent(self, *names: str, needs: tuple[str, ...] = (CONSENT, MEMBER)) -> Callable[[Answering], Answering]:
        """This function answers these intents. By default it needs consent and a bound person."""

        def register(run: Answering) -> Answering:
            handler = Handler(f"{self.name}.{run.__name__}", run, needs)
            self.intents.update(dict.fromkeys(names, handler))
            self.actions[handler.name] = handler
            return run

        return register

    def action(self, *, needs: tuple[str, ...] = (CONSENT, MEMBER)) -> Callable[[Answering], Answering]:
        """This function is what a choice leads to, under `capability.function`."""

        def register(run: Answering) -> Answering:
            handler = Handler(f"{self.name}.{run.__name__}", run, needs)
            self.actions[handler.name] = handler
            return run

        return register

    def event(self, *kinds: type) -> Callable[[Answering], Answering]:
        """This function answers messages or events of these types, whoever sends them."""

        def register(run: Answering) -> Answering:
            self.events.update(dict.fromkeys(kinds, Handler(f"{self.name}.{run.__name__}", run)))
            return run

        return register

    def dialog(self, dialog: Dialog) -> Dialog:
        """This dialog belongs here."""
        self.dialogs[dialog.name] = dialog
        return dialog


@dataclass(frozen=True, slots=True)
class Directory:
    """All routers joined; the first that names something wins."""

    intents: dict[str, Handler]
    actions: dict[str, Handler]
    events: dict[type, Handler]
    dialogs: dict[str, Dialog]

    @classmethod
    def of(cls, routers: Iterable[Router]) -> Directory:
        """The directory of these routers, in their order."""
        joined = cls({}, {}, {}, {})
        for router in routers:
            for name, handler in router.intents.items():
                joined.intents.setdefault(name, handler)
            for kind, handler in router.events.items():
                joined.events.setdefault(kind, handler)
            joined.actions.update(router.actions)
            joined.dialogs.update(router.dialogs)
        return joined
