"""Reads notebooks that a platform keeps as a Python script of its own: Databricks, Microsoft Fabric, marimo."""

from __future__ import annotations

import ast
import re
import warnings
from inspect import cleandoc
from typing import TYPE_CHECKING

from autograder.alignment.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 500_000  # characters that are parsed: no lab is so long
_DATABRICKS = re.compile(r"\A\s*# Databricks notebook source[ \t]*\n")
_COMMAND = re.compile(r"^# COMMAND -{10}[ \t]*$", re.MULTILINE)
_MAGIC = re.compile(r"^# MAGIC ?", re.MULTILINE)
_TITLED = re.compile(r"\A\s*# DBTITLE .*\n")
_PROSE = re.compile(r"\s*%md(?:-sandbox)?\b[ \t]*\n?")
_FABRIC = re.compile(r"\A\s*# Fabric notebook source[ \t]*\n")
_PART = re.compile(r"^# (CELL|MARKDOWN|METADATA|PARAMETERS CELL) \*{20}[ \t]*$", re.MULTILINE)
_MARIMO = re.compile(r"^app = marimo\.App\(", re.MULTILINE)


def told(text: str) -> list[Piece]:
    """Read the cells of a script that says from which platform it is; none when it says nothing of the kind."""
    if begun := _DATABRICKS.match(text):
        return [_command(part) for part in _COMMAND.split(text[begun.end() :])]
    if _FABRIC.match(text):
        return list(_fabric(text))
    return list(_marimo(text)) if len(text) <= LONGEST_TEXT and _MARIMO.search(text) else []


def _command(part: str) -> Piece:
    """Read a cell of Databricks: each line of one that is not Python is a comment, which says so."""
    part = _TITLED.sub("", part).strip("\n")
    if not part.startswith("# MAGIC"):
        return Piece("code", part)
    plain = _MAGIC.sub("", part)
    prose = _PROSE.match(plain)
    if prose:
        return Piece("markdown", plain[prose.end() :])
    # "%pip install" is a line of Python's notebooks, too; "%sql" and the like begin a cell in another language.
    return Piece("code" if plain.startswith("%pip") else "raw", plain)


def _fabric(text: str) -> Iterator[Piece]:
    """Read the cells of Microsoft Fabric: what each part is stands above it; Markdown is commented out."""
    _, *parts = _PART.split(text)
    for kind, part in zip(parts[::2], parts[1::2], strict=True):
        if kind == "MARKDOWN":
            yield Piece("markdown", re.sub(r"^# ?", "", part.strip("\n"), flags=re.MULTILINE))
        elif kind != "METADATA":
            yield Piece("code", part.strip("\n"))


def _marimo(text: str) -> Iterator[Piece]:
    """Read the cells of marimo: each is the body of a function, or a function or class with a mark of its own."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of a student's backslashes
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.decorator_list:
                mark = node.decorator_list[0]
                named = mark.func if isinstance(mark, ast.Call) else mark
                if isinstance(named, ast.Attribute) and named.attr in {"function", "class_definition"}:
                    end = node.end_lineno or node.lineno
                    while end < len(lines) and lines[end][:1] == " ":  # comments behind the last statement
                        end += 1
                    yield Piece("code", "\n".join(lines[node.lineno - 1 : end]))
                elif isinstance(named, ast.Attribute) and named.attr == "cell":
                    yield _body(node, lines)
            case ast.With():  # app.setup
                yield Piece("code", _outdented(lines[node.lineno : node.end_lineno]))
            case ast.Expr(ast.Call(ast.Attribute(attr="_unparsable_cell"), [ast.Constant(str(source)), *_])):
                yield Piece("code", _outdented(source.split("\n")))


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str]) -> Piece:
    match [one for one in node.body if not isinstance(one, ast.Return)]:
        case [ast.Expr(ast.Call(ast.Attribute(attr="md"), [ast.Constant(str(words))]))]:
            return Piece("markdown", cleandoc(words))
    start = node.lineno
    while not lines[start - 1].rstrip().endswith(":") and start < node.body[0].lineno - 1:  # of its parameters
        start += 1
    last = node.body[-1]
    end = last.lineno - 1 if isinstance(last, ast.Return) else last.end_lineno
    return Piece("code", _outdented(lines[start:end]))


def _outdented(lines: list[str]) -> str:
    """Take away the indentation that marimo has given; what is in a string may stand farther to the left."""
    return "\n".join(re.sub(r"^ {1,4}", "", line) for line in lines).strip("\n")
