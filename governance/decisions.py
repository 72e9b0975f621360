"""The two answers to "may they?". Wrong state is another error (``drafts.transitions.WrongState``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes. Truthy."""

    def __bool__(self) -> bool:
        return True

    def or_raise(self) -> None:
        """Do nothing; the counterpart of ``Denied.or_raise``."""


@dataclass(frozen=True, slots=True)
class Denied:
    """No, with the reason in words a person can read ("because you edited this text"). Falsy."""

    reason: str

    def __bool__(self) -> bool:
        return False

    def or_raise(self) -> NoReturn:
        """Raise ``NotAllowed`` with the reason."""
        raise NotAllowed(self.reason)


Decision = Allowed | Denied


class NotAllowed(Exception):
    """A named person may not do this now; the message is the reason, in words for the screen."""

    @property
    def reason(self) -> str:
        """The reason as shown to the person."""
        return str(self)
