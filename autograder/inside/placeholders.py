"""Lets a student's notebook import what the grader lacks: nothing happens until it is used.

In Colab and Anaconda many packages are there, and an import that is never used costs nothing. So an import statement
in a cell of the student's finds a placeholder for a package of `elsewhere`, which raises `PackageMissingError` at
its first use. An import inside `try: ... except ImportError` sees the error that it waits for. Colab's own package is
imitated where it only serves the notebook's surroundings: a drive is not mounted, a file not uploaded, and that is
said once.

Runs inside the sandbox, in the candidate after the fork: standard library only. Nothing here is a guard.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside.elsewhere import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COLAB = "google.colab"
_WAITED_FOR = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class PackageMissingError(ImportError):
    """Something of a package is used that the grader has not got."""


def _missing(name: str) -> NoReturn:
    package = name.partition(".")[0]
    raise PackageMissingError(f"{name} is used here, and the grader has no package {package}.", name=package)


class Thing:
    """Stands for what a package holds: it can be imported, named and passed on, and raises when it is used."""

    _name: str

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Thing:
        if name.startswith("__"):  # inspect, AutoGraph and copy ask for such names
            raise AttributeError(name)
        return Thing(f"{self._name}.{name}")

    def __repr__(self) -> str:
        return f"<{self._name}, which the grader has not got>"


def _use(thing: Thing, *_: Any, **__: Any) -> NoReturn:
    _missing(vars(thing)["_name"])


_USES = """
    call enter iter next len getitem setitem contains add radd sub rsub mul rmul matmul rmatmul truediv rtruediv
    floordiv mod pow neg lt le gt ge bool float int index array mro_entries setattr
"""
for _name in _USES.split():
    setattr(Thing, f"__{_name}__", _use)


class Placeholder(ModuleType):
    """Stands for a package or a module of one."""

    def __getattr__(self, name: str) -> Thing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing(f"{self.__name__}.{name}")


class Finder(MetaPathFinder, Loader):
    """Finds placeholders, after every other finder has found nothing."""

    def __init__(self, namespace: Mapping[str, Any], packages: frozenset[str] = ELSEWHERE) -> None:
        self.namespace, self.packages = namespace, packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a placeholder for a module that an import statement of the student's asks for."""
        del path, target
        parent, _, _ = fullname.rpartition(".")
        colab = fullname == COLAB or fullname.startswith(f"{COLAB}.") or fullname == "google"
        if not colab and fullname not in self.packages and not isinstance(sys.modules.get(parent), Placeholder):
            return None
        frame = _importer()
        if frame is None or frame.f_globals is not self.namespace or _waited_for(frame):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the placeholder, or what stands in for Colab."""
        if spec.name.startswith("google"):
            return colab_module(spec.name)
        return Placeholder(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: there is no code."""


def _importer() -> FrameType | None:
    """Find the frame whose statement imports: the first that is not part of the import system's or of this module."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib") or frame.f_globals.get("__name__") == __name__
    ):
        frame = frame.f_back
    return frame


def _waited_for(frame: FrameType) -> bool:
    """Say whether the statement stands in a `try` that handles ImportError; True where its source is not known."""
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return True
    return not source or any(
        _handles(node) and any(_holds(statement, frame.f_lineno) for statement in node.body)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
    )


def _holds(statement: ast.stmt, line: int) -> bool:
    return statement.lineno <= line <= (statement.end_lineno or statement.lineno)


def _handles(node: ast.Try) -> bool:
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or (isinstance(kind, ast.Name) and kind.id in _WAITED_FOR) for kind in kinds):
            return True
    return False


# What Colab's package does for a notebook's surroundings: module -> function -> what it returns here.
_QUIET: dict[str, dict[str, Callable[[], Any]]] = {
    "drive": {"mount": lambda: None, "flush_and_unmount": lambda: None},
    "files": {"upload": dict, "download": lambda: None, "view": lambda: None},
    "userdata": {"get": lambda: None},
    "output": {"clear": lambda: None},
    "auth": {"authenticate_user": lambda: None},
}


class ColabModule(ModuleType):
    """Imitates `google.colab` and its modules; anything that is not imitated raises."""

    STAND_IN = True  # by which labkit tells it from the real one

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__ == COLAB and name in _QUIET:
            return colab_module(f"{COLAB}.{name}")
        return Thing(f"{self.__name__}.{name}")


def colab_module(name: str) -> ModuleType:
    """Make one of Colab's modules, with the functions that do nothing and say so once; `google` itself is empty."""
    module = ColabModule(name) if name.startswith(COLAB) else ModuleType(name)
    module.__path__ = []
    for function, result in _QUIET.get(name.removeprefix(f"{COLAB}."), {}).items():
        vars(module)[function] = _quiet(f"{name}.{function}", result)
    return module


_said: set[str] = set()


def _quiet(name: str, result: Callable[[], Any]) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        if name not in _said:
            _said.add(name)
            print(f"{name} does nothing here: this notebook is being graded, and not in Colab.")
        return result()

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    return function


def install(namespace: Mapping[str, Any]) -> None:
    """Find placeholders for the imports of this notebook, from now on."""
    sys.meta_path.append(Finder(namespace))
