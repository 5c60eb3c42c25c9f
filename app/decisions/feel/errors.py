"""What can go wrong with an expression, in English and German."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One sentence in both languages of the product."""

    en: str
    de: str


class RefusedError(Exception):
    """An operator or function cannot work with these values; it does not know where it stands.

    Raised inside the FEEL package only: the compiled node that called it adds the position (strict mode) or
    turns it into null (lenient mode).
    """

    def __init__(self, en: str, de: str, position: int | None = None) -> None:
        super().__init__(en)
        self.message = Message(en, de)
        self.position = position


class FeelError(ValueError):
    """An expression could not be evaluated.

    `message` / `message_de` say why, `position` is the 1-based character in `text` (None when there is none).
    """

    def __init__(self, message: Message, position: int | None = None, text: str = "") -> None:
        self.message = message.en
        self.message_de = message.de
        self.position = position
        self.text = text
        super().__init__(self._sentence())

    def german(self) -> str:
        """The German sentence with the position."""
        if self.position is None:
            return self.message_de
        return f"{self.message_de} (Zeichen {self.position})"

    def as_message(self) -> Message:
        """Both sentences, with the position."""
        return Message(str(self), self.german())

    def _sentence(self) -> str:
        if self.position is None:
            return self.message
        excerpt = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        return f"{self.message} (character {self.position} of {excerpt!r})"


class FeelSyntaxError(FeelError):
    """A text is no expression of the allowed FEEL subset; found when the file is loaded, never later."""
