"""The helper package of the deep sequence modeling labs: data, pictures, music, networks, checks.

In: what a notebook imports, `from labkit import score`: the names below stay for ever, wherever the modules stand.
Out: the module of that name; a folder holds what is about one subject, and labkit/README.md says which.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors and type checkers: what `__getattr__` gives
    from labkit import data as data
    from labkit import training as training
    from labkit import weights as weights
    from labkit.attention import cost as cost
    from labkit.attention import heads as looking
    from labkit.attention import positions as positions
    from labkit.attention import silence as silence
    from labkit.attention import words as words
    from labkit.base import quiet as quiet
    from labkit.captioning import captions as captions
    from labkit.composition import composing as composing
    from labkit.engraving import audio as audio
    from labkit.engraving import gallery as gallery
    from labkit.engraving import score as score
    from labkit.evaluation import counting as counting
    from labkit.evaluation import metrics as metrics
    from labkit.evaluation import ngrams as ngrams
    from labkit.evaluation import novelty as novelty
    from labkit.evaluation import plots as judge_plots
    from labkit.evaluation import stages as stages
    from labkit.models import blocks as blocks
    from labkit.models import characters as characters
    from labkit.models import gated as gated
    from labkit.models import inside as inside
    from labkit.models import sampling as sampling
    from labkit.models import transformer as transformer
    from labkit.models import writers as writers
    from labkit.notation import abc as abc
    from labkit.recurrence import ball as ball
    from labkit.recurrence import gates as gates
    from labkit.recurrence import pictures as pictures
    from labkit.recurrence import plots as plots
    from labkit.recurrence import recall as recall
    from labkit.sentiment import tweets as tweets
    from labkit.sequences import dna as dna
    from labkit.sequences import letters as letters
    from labkit.sequences import motif as motif
    from labkit.sequences import proteins as proteins
    from labkit.translation import dates as dates
    from labkit.translation import plots as alignment
    from labkit.translation import translator as translator
    from labkit.vision import digits as digits
    from labkit.vision import scenes as scenes

__all__ = [
    "abc",
    "alignment",
    "audio",
    "ball",
    "blocks",
    "captions",
    "characters",
    "checks",
    "composing",
    "cost",
    "counting",
    "data",
    "dates",
    "digits",
    "dna",
    "gallery",
    "gated",
    "gates",
    "inside",
    "judge_plots",
    "letters",
    "looking",
    "metrics",
    "motif",
    "ngrams",
    "novelty",
    "own",
    "pictures",
    "plots",
    "positions",
    "proteins",
    "quiet",
    "recall",
    "sampling",
    "scenes",
    "score",
    "silence",
    "stages",
    "submit_check",
    "training",
    "transformer",
    "translator",
    "tweets",
    "weights",
    "words",
    "writers",
]
__version__ = "2.0.0"

_PUBLIC = {
    "abc": "labkit.notation.abc",
    "alignment": "labkit.translation.plots",
    "audio": "labkit.engraving.audio",
    "ball": "labkit.recurrence.ball",
    "blocks": "labkit.models.blocks",
    "captions": "labkit.captioning.captions",
    "characters": "labkit.models.characters",
    "checks": "labkit.checks",
    "composing": "labkit.composition.composing",
    "cost": "labkit.attention.cost",
    "counting": "labkit.evaluation.counting",
    "data": "labkit.data",
    "dates": "labkit.translation.dates",
    "digits": "labkit.vision.digits",
    "dna": "labkit.sequences.dna",
    "gallery": "labkit.engraving.gallery",
    "gated": "labkit.models.gated",
    "gates": "labkit.recurrence.gates",
    "inside": "labkit.models.inside",
    "judge_plots": "labkit.evaluation.plots",
    "letters": "labkit.sequences.letters",
    "looking": "labkit.attention.heads",
    "metrics": "labkit.evaluation.metrics",
    "motif": "labkit.sequences.motif",
    "ngrams": "labkit.evaluation.ngrams",
    "novelty": "labkit.evaluation.novelty",
    "own": "labkit.collection.learning",
    "pictures": "labkit.recurrence.pictures",
    "plots": "labkit.recurrence.plots",
    "positions": "labkit.attention.positions",
    "proteins": "labkit.sequences.proteins",
    "quiet": "labkit.base.quiet",
    "recall": "labkit.recurrence.recall",
    "sampling": "labkit.models.sampling",
    "scenes": "labkit.vision.scenes",
    "score": "labkit.engraving.score",
    "silence": "labkit.attention.silence",
    "stages": "labkit.evaluation.stages",
    "training": "labkit.training",
    "transformer": "labkit.models.transformer",
    "translator": "labkit.translation.translator",
    "tweets": "labkit.sentiment.tweets",
    "weights": "labkit.weights",
    "words": "labkit.attention.words",
    "writers": "labkit.models.writers",
}


def submit_check() -> None:
    """Look at the notebook before it is handed in: see `labkit.submit`."""
    from labkit import submit

    submit.submit_check()


def __getattr__(name: str) -> object:
    """Give a module by the name that notebooks import it by, wherever it stands. Raises AttributeError for others."""
    if name in _PUBLIC:
        return import_module(_PUBLIC[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
