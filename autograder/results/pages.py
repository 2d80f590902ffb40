"""The templates of every page: whatever is put into one is escaped, and what a template names must be there."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

TEMPLATES = Environment(
    loader=PackageLoader("autograder.results"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def style(name: str) -> tuple[Markup, str]:
    """Return a style sheet of templates/, and the hash by which a page allows it and no other."""
    text = (files("autograder.results") / "templates" / f"{name}.css").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).digest()
    return Markup(text), f"sha256-{base64.b64encode(digest).decode()}"  # noqa: S704  (our own file)
