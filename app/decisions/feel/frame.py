"""What every compiled node needs: its position, the mode it works in, and whether it is a constant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from app.decisions.feel.errors import FeelError, FeelSyntaxError, Message, RefusedError
from app.decisions.feel.node import Node, Run, Scope, Test
from app.decisions.feel.parser import ParseTree


class Frame:
    """The text being compiled and what has been found out about it.

    `strict`: what does not fit is an error with position; otherwise it is null. `spelled` maps names with
    blanks from their lexed form; `callables` are names of functions the scope provides (business knowledge
    models). `paths` collects the names read, `uses_input` says whether `?` occurs.
    """

    def __init__(self, text: str, strict: bool, spelled: Mapping[str, str], callables: Collection[str] = ()) -> None:
        self.text = text
        self.strict = strict
        self.paths: set[tuple[str, ...]] = set()
        self.uses_input = False
        self.spelled = spelled
        self.callables = callables

    def guarded(self, run: Run, position: int) -> Run:
        """``run`` with the position in what it refuses; lenient, it answers null instead."""
        text = self.text
        if self.strict:

            def run_strict(scope: Scope) -> object:
                try:
                    return run(scope)
                except RefusedError as refused:
                    raise FeelError(refused.message, refused.position or position, text) from None

            return run_strict

        def run_lenient(scope: Scope) -> object:
            try:
                return run(scope)
            except RefusedError:
                return None

        return run_lenient

    def node(self, run: Run, position: int, *operands: Node, boolean: bool = False) -> Node:
        """A guarded node; computed at once if all its operands are constants."""
        guarded = self.guarded(run, position)
        if not operands or not all(operand.constant for operand in operands):
            return Node(guarded, position, boolean=boolean)
        try:
            value = guarded({})
        except FeelError as error:
            raise self.wrong(error.position, error.message, error.message_de) from None
        return self.constant(value, position, boolean)

    def constant(self, value: object, position: int, boolean: bool = False) -> Node:
        """A node that is always ``value``."""
        return Node(lambda _scope: value, position, True, value, boolean)

    def wrong(self, position: int | None, en: str, de: str) -> FeelSyntaxError:
        """A refusal at load."""
        return FeelSyntaxError(Message(en, de), position, self.text)

    def literal(self, tree: ParseTree, read: Callable[[str], object]) -> Node:
        """The constant that ``read`` makes of a literal; a malformed one is refused at load."""
        position = place(tree)
        try:
            return self.constant(read(str(tree.children[0])), position)
        except RefusedError as refused:
            raise self.wrong(position, *refused.message) from None

    def guarded_test(self, run: Test, node: Node) -> Test:
        """``run`` with the position in what it refuses; lenient, it answers null instead."""
        text, position, strict = self.text, node.position, self.strict

        def run_guarded(item: object, scope: Scope) -> object:
            try:
                return run(item, scope)
            except RefusedError as refused:
                if strict:
                    raise FeelError(refused.message, refused.position or position, text) from None
                return None

        return run_guarded


def place(tree: ParseTree) -> int:
    """1-based position of a sub-expression."""
    return int(getattr(tree.meta, "start_pos", 0)) + 1
