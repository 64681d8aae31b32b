"""One-token changes of Python source that change what it does, and compile."""

import ast
import io
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*", ast.Div: "*", ast.Mod: "//"}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutation(NamedTuple):
    """`old` at `start`, a place in the source in characters, becomes `new`."""

    line: int
    start: int
    old: str
    new: str

    def applied(self, source: str) -> str:
        assert source[self.start : self.start + len(self.old)] == self.old
        return source[: self.start] + self.new + source[self.start + len(self.old) :]


class Source:
    """The places of a module's tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._encoded = [line.encode() for line in text.splitlines()]
        self._tokens = [
            (self._lines[token.start[0] - 1] + token.start[1], token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type in (tokenize.OP, tokenize.NAME)
        ]

    def at(self, line: int, column: int) -> int:
        """Where a node begins or ends; `ast` counts columns in bytes."""
        return self._lines[line - 1] + len(self._encoded[line - 1][:column].decode())

    def start(self, node: ast.expr) -> int:
        return self.at(node.lineno, node.col_offset)

    def end(self, node: ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.end_lineno, node.end_col_offset)

    def between(self, left: ast.expr, right: ast.expr, *operators: str) -> Iterator[tuple[int, str]]:
        """The operator between two operands; parentheses may stand beside it."""
        found = [
            (start, string)
            for start, string in self._tokens
            if self.end(left) <= start < self.start(right) and string in operators
        ]
        if found:
            start, last = found[0][0], found[-1]
            yield start, self.text[start : last[0] + len(last[1])]


def mutations(text: str) -> list[Mutation]:
    """All changes of a module, in order of the text. Annotations, decorators and strings stay as they are."""
    source, tree = Source(text), ast.parse(text)
    left_out = {id(inner) for node in ast.walk(tree) for part in _passed_over(node) for inner in ast.walk(part)}
    return sorted(
        (
            Mutation(text.count("\n", 0, start) + 1, start, old, new)
            for node in ast.walk(tree)
            if id(node) not in left_out
            for start, old, new in _changes(source, node)
        ),
        key=lambda mutation: mutation.start,
    )


def _passed_over(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from node.decorator_list
        if node.returns:
            yield node.returns
    elif isinstance(node, ast.ClassDef):
        yield from node.decorator_list
    elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
        yield node.annotation
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
        yield node


def _changes(source: Source, node: ast.AST) -> Iterator[tuple[int, str, str]]:
    match node:
        case ast.Compare():
            operands = [node.left, *node.comparators]
            for operator, left, right in zip(node.ops, operands[:-1], operands[1:], strict=True):
                names = ("<", "<=", ">", ">=", "==", "!=", "in", "is", "not")
                for start, old in source.between(left, right, *names):
                    yield start, old, COMPARISONS[type(operator)]
        case ast.BoolOp():
            other = "or" if isinstance(node.op, ast.And) else "and"
            for left, right in zip(node.values[:-1], node.values[1:], strict=True):
                for start, old in source.between(left, right, "and", "or"):
                    yield start, old, other
        case ast.BinOp() if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            for start, old in source.between(node.left, node.right, "+", "-", "*", "//", "/", "%"):
                yield start, old, ARITHMETIC[type(node.op)]
        case ast.UnaryOp(op=ast.Not()):
            yield source.start(node), "not ", ""
        case ast.Constant(value=bool() as value):
            yield source.start(node), str(value), str(not value)
        case ast.Constant(value=int() as value):
            written = source.text[source.start(node) : source.end(node)]
            yield source.start(node), written, str(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield source.start(node), name, CALLS[name]
        case ast.If(test=test) | ast.IfExp(test=test) if isinstance(test, ast.Name | ast.Attribute | ast.Call):
            yield source.start(test), "", "not "
        case ast.Break():
            yield source.at(node.lineno, node.col_offset), "break", "continue"
        case ast.Continue():
            yield source.at(node.lineno, node.col_offset), "continue", "break"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
