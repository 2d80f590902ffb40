"""The mutation operators: what could stand in place of one node of a program, as if a person had mistaken it."""

from __future__ import annotations

import ast
import copy
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow)
NEGATED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.Gt, ast.Eq),
    ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
    ast.Gt: (ast.GtE, ast.LtE, ast.Lt, ast.NotEq),
    ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
# Functions and methods that a person could mistake for each other.
RELATED = (
    ("sum", "mean", "max", "prod"),
    ("max", "min"),
    ("zeros", "ones"),
    ("tanh", "sin", "sigmoid", "relu"),
    ("exp", "expm1", "exp2"),
    ("log", "log2", "log1p"),
    ("sqrt", "square"),
    ("stack", "concatenate"),
    ("append", "extend"),
    ("norm", "det"),
    ("len", "id"),
    ("reversed", "list"),
    ("enumerate", "list"),
    ("arange", "ones"),
    ("SimpleRNN", "GRU", "LSTM", "Dense"),
)


def others(node: ast.AST, scope: tuple[str, ...]) -> Iterator[ast.AST]:
    """Give what could stand in place of a node."""
    for kind, change in _CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope:
        yield from (ast.Name(name, ast.Load()) for name in scope if name != node.id)
    if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef):
        yield ast.Pass()


def _with(node: ast.AST, **fields: Any) -> Any:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    yield from (_with(node, op=operator()) for operator in ARITHMETIC if not isinstance(node.op, operator))
    yield node.left
    yield node.right
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield _with(node, left=node.right, right=node.left)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    yield from (_with(node, ops=[other()]) for other in NEGATED[type(node.ops[0])])
    yield from _nothing(node)


def _nothing(node: ast.Compare) -> Iterator[ast.AST]:
    """Take whatever counts as false for None, and the other way round."""
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and getattr(node.comparators[0], "value", 0) is None:
        yield ast.UnaryOp(ast.Not(), node.left) if isinstance(node.ops[0], ast.Is) else node.left


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from node.values


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse
    yield _with(node, body=node.orelse, orelse=node.body)


def _if(node: ast.If) -> Iterator[ast.AST]:
    yield from (_with(node, test=ast.Constant(value)) for value in (True, False))


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if value is None or isinstance(value, bool):
        others: list[Any] = [one for one in (None, True, False, 0) if one is not value]
    elif isinstance(value, int | float) and math.isfinite(value):
        others = [
            value + 1,
            value - 1,
            0 * value,
            1 + 0 * value,
            -value,
            value / 2 if isinstance(value, float) else None,
        ]
    elif isinstance(value, str):
        others = [value[::-1], value + "_", ""]
    else:
        others = []
    yield from (ast.Constant(other) for other in others)


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for bound, inwards in (("lower", 1), ("upper", -1)):
        yield _with(node, **{bound: ast.Constant(inwards) if getattr(node, bound) is None else None})
    yield _with(node, step=ast.Constant(-1) if node.step is None else None)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    for index in range(len(node.args) - 1):
        swapped = [*node.args]
        swapped[index], swapped[index + 1] = swapped[index + 1], swapped[index]
        yield _with(node, args=swapped)
    yield from (_with(node, args=node.args[:index] + node.args[index + 1 :]) for index in range(len(node.args)))
    yield from (
        _with(node, keywords=[one for one in node.keywords if one is not gone])
        for gone in node.keywords
        if gone.arg != "name"
    )
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
        yield node.func.value
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for other in dict.fromkeys(one for group in RELATED if name in group for one in group if one != name):
        field = {"attr": other} if isinstance(node.func, ast.Attribute) else {"id": other}
        yield _with(node, func=_with(node.func, **field))


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    own = ("units", "W_xh", "W_hh", "b_h")
    if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in (*own, "state_size"):
        yield from (_with(node, attr=other) for other in own if other != node.attr)


def _sequence(node: ast.List | ast.Tuple) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load):
        return
    for index in range(len(node.elts)):
        yield _with(node, elts=node.elts[:index] + node.elts[index + 1 :])
        if index:
            swapped = [*node.elts]
            swapped[index - 1], swapped[index] = swapped[index], swapped[index - 1]
            yield _with(node, elts=swapped)


def _dict(node: ast.Dict) -> Iterator[ast.AST]:
    for index in range(len(node.values)):
        yield _with(
            node, keys=node.keys[:index] + node.keys[index + 1 :], values=node.values[:index] + node.values[index + 1 :]
        )
        if index:
            swapped = [*node.values]
            swapped[index - 1], swapped[index] = swapped[index], swapped[index - 1]
            yield _with(node, values=swapped)


def _comprehension(node: ast.ListComp) -> Iterator[ast.AST]:
    first = node.generators[0]
    yield _with(
        node, generators=[_with(first, iter=_called("reversed", _called("list", first.iter))), *node.generators[1:]]
    )


def _loop(node: ast.For) -> Iterator[ast.AST]:
    yield _with(node, body=[*node.body, ast.Break()])
    yield _with(node, iter=_called("reversed", _called("list", node.iter)))


def _called(name: str, argument: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])


def _augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield from (
        _with(node, op=operator()) for operator in (ast.Add, ast.Sub, ast.Mult) if not isinstance(node.op, operator)
    )
    yield ast.Assign([node.target], node.value)


def _result(node: ast.Return | ast.Assign) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.BinOp | ast.Call | ast.Name | ast.Subscript):
        yield _with(node, value=ast.UnaryOp(ast.USub(), node.value))
        yield _with(node, value=ast.BinOp(node.value, ast.Add(), ast.Constant(1)))


_CHANGES: dict[Any, Any] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.If: _if,
    ast.Constant: _constant,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Attribute: _attribute,
    (ast.List, ast.Tuple): _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.For: _loop,
    ast.AugAssign: _augmented,
    (ast.Return, ast.Assign): _result,
}
