"""A corpus of damaged notebooks, and what tells whether one would be graded as the undamaged one."""

import ast
import random
from functools import cache
from itertools import combinations

import damages

from autograder.alignment.align import align
from autograder.alignment.matching import python
from autograder.model.assignment import load
from autograder.model.cells import grade_id, kind
from autograder.model.lab import labs

KINDS = [*damages.METADATA, *damages.CELLS, *damages.BORDERS, *damages.TEXT, *damages.FILES]
# Colab writes text between three quotes, whatever is in it: a function with a docstring is in pieces then.
LOST = {frozenset((damages.turn_into_text, damages.as_colab_script))}
LABS = {lab.name: lab for lab in labs()}


@cache
def lab(name):
    return load(LABS[name])


def singles(seeds):
    """Each kind of damage in each lab."""
    return [(name, (one,), seed) for name in LABS for one in KINDS for seed in seeds]


def pairs():
    """Each two kinds of damage together, in one of the labs; a notebook is written to one file only."""
    names, files = list(LABS), set(damages.FILES)
    both = [pair for pair in combinations(KINDS, 2) if not set(pair) <= files and frozenset(pair) not in LOST]
    return [(names[number % len(names)], pair, number) for number, pair in enumerate(both)]


def damaged(name, kinds, seed):
    """Damage a solved notebook. Damages to metadata come last: the others look for cells by it."""
    draw = random.Random(f"{name} {seed}")  # noqa: S311  (made up on purpose)
    notebook = damages.solved(lab(name))
    ordered = sorted((one for one in kinds if one not in damages.FILES), key=damages.METADATA.__contains__)
    for one in ordered:
        one(notebook, draw)
    write = next((one for one in kinds if one in damages.FILES), damages.as_notebook)
    return write(notebook)


def in_force(cells, assignment):
    """What each exercise's names are bound to when its check runs, and the text of each written answer."""
    bound, found = {}, {}
    exercise = {cell.grade_id: cell.exercise for cell in assignment.checks}
    for cell in cells:
        if kind(cell) == "check":
            names = assignment.defines[exercise[grade_id(cell)]]
            found[grade_id(cell)] = {name: bound.get(name) for name in names}
        elif kind(cell) == "written":
            found[grade_id(cell)] = " ".join(cell.source.split())
        elif cell.cell_type == "code" and kind(cell) != "experiment":
            tree = python(cell.source)
            for node in tree.body if tree else ():
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    bound[node.name] = _dump(node)
    return found


def _dump(function):
    """What a function does: its docstring may have other spaces."""
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.dump(function)


@cache
def undamaged(name):
    return in_force(align(damages.as_notebook(damages.solved(lab(name))), lab(name)).notebook.cells, lab(name))


def answers(aligned):
    """Which answer stands in each exercise and question: its own ("right"), another's ("wrong"), or none ("")."""
    found = {}
    for cell in aligned.notebook.cells:
        name = grade_id(cell)
        if kind(cell) in {"exercise", "written"}:
            lines = [line for line in cell.source.splitlines() if "the answer of " in line]
            there = [line.rpartition("the answer of ")[2].split(":")[0].strip() for line in lines]
            found[name] = "" if not there else "right" if set(there) == {name} else "wrong"
    return found


def call(kinds):
    return "+".join(one.__name__ for one in kinds)
