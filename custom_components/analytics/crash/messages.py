"""What a log message says without what was filled in: the literal that its source has, or nothing.

The message that was logged is not looked at. Where the source shows no literal there is none: no
list of what to remove would do, for nobody knows what was filled in.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeGuard

from ..code import File, parse
from .fields import MAX_MESSAGE

# Stands for what was filled in.
GAP: Final = "…"
# A name for a name for a literal is followed, in a circle only so far.
MAX_NAMES: Final = 3

_METHODS: Final = {"critical", "error", "exception", "fatal", "log", "warning"}
_TRANSLATIONS: Final = {"_", "gettext"}
# Methods that put nothing of their arguments among the words of a literal.
_UNWORDED: Final = {"format", "lstrip", "rstrip", "strip"}
_SCOPES: Final = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.GeneratorExp,
)
_UNNAMED: Final = {
    ast.Module: "<module>",
    ast.Lambda: "<lambda>",
    ast.GeneratorExp: "<genexpr>",
}


def template(file: File, line: int, function: str) -> str | None:
    """Return the message of the log call at a line of a function, as the source has it.

    None where there is no such call or more than one, as when the file was changed since it was
    imported, and where its message is no literal.
    """
    calls = [*_log_calls(parse(file), line)]
    if len(calls) != 1:
        return None
    [(call, scope)] = calls
    argument = _argument(call)
    if argument is None or _name(scope) != function:
        return None
    text = "".join(_parts(_followed(argument, scope)))
    return text[:MAX_MESSAGE] if re.search(r"\w", text.replace(GAP, "")) else None


def _log_calls(tree: ast.Module, line: int) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Yield the calls at a line that may be of a logger, each with the scope that it is in."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, scope = waiting.pop()
        # Of a call in several lines the interpreter names the one in which the method stands.
        if _is_log_call(node) and line in {node.lineno, node.func.end_lineno}:
            yield node, scope
        inner = node if isinstance(node, _SCOPES) else scope
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))


def _is_log_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _METHODS
        # Without any it is the question what a task has raised.
        and bool(node.args or node.keywords)
    )


def _argument(call: ast.Call) -> ast.expr | None:
    """Return the argument that is the message."""
    is_log = isinstance(call.func, ast.Attribute) and call.func.attr == "log"
    arguments = call.args[: 2 if is_log else 1]
    if any(isinstance(each, ast.Starred) for each in arguments):
        return None
    named = [keyword.value for keyword in call.keywords if keyword.arg == "msg"]
    return next(iter(named or arguments[1 if is_log else 0 :]), None)


def _name(scope: ast.AST) -> str:
    """Return what the interpreter calls a scope."""
    return _UNNAMED.get(type(scope)) or str(getattr(scope, "name", ""))


def _followed(node: ast.expr, scope: ast.AST) -> ast.expr:
    """Return what a name stands for in the source, also one that is formatted or trimmed."""
    for _ in range(MAX_NAMES):
        text = _formatted(node) or node
        if isinstance(text, ast.Name):
            node = _assigned(text.id, scope) or text
        elif isinstance(text, ast.NamedExpr):
            node = text.value
    return node


def _formatted(node: ast.expr) -> ast.expr | None:
    """Return the text of an expression that fills something in, or changes no word; else None."""
    match node:
        case ast.BinOp(left=text, op=ast.Mod()):
            return text
        case ast.Call(func=ast.Attribute(value=text, attr=method)) if method in _UNWORDED:
            return text
        case ast.Call(func=ast.Name(id=function), args=[text]) if function in _TRANSLATIONS:
            return text
    return None


def _assigned(name: str, scope: ast.AST) -> ast.expr | None:
    """Return what is assigned to a name, if that is done once in a scope and all that is in it."""
    if sum(_binds(node, name) for node in ast.walk(scope) if node is not scope) != 1:
        return None
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                found == name
            ):
                return value
    return None


def _binds(node: ast.AST, name: str) -> bool:
    """Tell whether a node gives a name a value, in whatever way."""
    match node:
        case ast.Name(id=found, ctx=ast.Store() | ast.Del()):
            return found == name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return name in names
        case ast.alias(name=imported, asname=found):
            return (found or imported.partition(".")[0]) == name
        case ast.MatchMapping(rest=found):
            return found == name
        case ast.keyword():
            return False
        case _:
            return name in {getattr(node, "name", None), getattr(node, "arg", None)}


def _parts(node: ast.expr) -> Iterator[str]:
    """Yield what is literal in an expression, and a gap for all else."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _parts(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case _:
            inner = _formatted(node)
            yield from _parts(inner) if inner else (GAP,)
