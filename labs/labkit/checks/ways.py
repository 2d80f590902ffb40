"""Runs on the student's side: uses a function as a training does, in a graph and under a tape, and reports numbers.

What is reported are sums with weights, and slopes along directions, that the examiner has drawn: they can be compared
with what is right, and nobody who does not compute them knows them. What a notebook may have set for all of TensorFlow
and Keras is set back while a function is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.probes import MOST, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labkit.checks.calls import Outcome

Array = np.ndarray[Any, np.dtype[Any]]

NOTHING = 0.0  # the slope that is reported where TensorFlow finds no way back
# What is reported is computed in float32, and is of about the size 1.
CLOSE = compare.Tolerance(atol=2e-3, rtol=2e-3)


@dataclass(frozen=True)
class Wrong:
    """A way in which a function fails: the name of its hint, and what was seen."""

    way: str
    seen: str


def wrong(outcome: Outcome, expected: Mapping[str, Any]) -> Wrong | None:
    """Compare what a probe of this module reports with what is right; name the first way that is wrong."""
    if outcome.error:
        kind, message = outcome.error
        said = last_line(message).removeprefix(f"{kind}: ")  # AutoGraph says it once more
        return Wrong("in_graph", f"{kind}: {said}")
    if not isinstance(outcome.value, Mapping):
        return Wrong("in_graph", "nothing that can be read came back")
    for way, right in expected.items():
        problem = compare.problems(outcome.value.get(way), right, CLOSE)
        if problem:
            return _named(way, outcome.value.get(way), right)
    return None


def _named(way: str, found: Any, right: Any) -> Wrong:
    numbers, wanted = compare.as_array(found), np.asarray(right, float)
    if way != "gradient" or numbers is None or numbers.shape != wanted.shape:
        return Wrong(way, "")
    if not np.isfinite(numbers).all():
        return Wrong("gradient_not_finite", "")
    close = compare.close(numbers, wanted, CLOSE)
    if not np.any(numbers[~close]):
        return Wrong("not_differentiable", "")
    return Wrong(way, "")


def last_line(message: str) -> str:
    """Return the line of an error that says what happened: AutoGraph and Keras put others before and behind it."""
    plain = re.sub(r"\x1b\[[\d;]*m|\{\{function_node .*?\}\} ?", "", message)  # colours; where TensorFlow ran
    plain = re.sub(r" \([\w/]+:\d+\)", "", plain)  # TensorFlow's own name of a tensor, another one each time
    body, _, _ = plain.partition("\n\nArguments received by")
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("•", "Arguments received by"))] or lines
    return lines[-1][:200] if lines else ""


@contextmanager
def settled() -> Iterator[None]:
    """Set what a notebook may have changed for all of TensorFlow and Keras, and set it back afterwards."""
    import keras
    import tensorflow as tf

    log = tf.get_logger()  # of TensorFlow itself: that it traces often is no news here
    level, eager, floats, policy = (
        log.level,
        tf.config.functions_run_eagerly(),
        keras.config.floatx(),
        keras.config.dtype_policy(),
    )
    log.setLevel("ERROR")
    tf.config.run_functions_eagerly(False)
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        log.setLevel(level)
        tf.config.run_functions_eagerly(eager)
        keras.config.set_floatx(floats)
        keras.config.set_dtype_policy(policy)


def differentiable(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors; its (first) result must lead back to every float array it hangs on.

    An argument that has no effect is left to the comparison of the results, which names the mistake.
    Raises Unfit("not_differentiable") or Unfit("gradient_not_finite").
    """
    import tensorflow as tf

    given = tensors(arguments)
    places = [place for place, one in enumerate(given) if tf.is_tensor(one) and one.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch([given[place] for place in places])
        result = function(*given)
        first = _first(result)
    value = compare.as_array(plain(first))
    if value is None or value.dtype.kind != "f" or value.size > MOST:
        return plain(result)
    gradients = (
        tape.gradient(first, [given[place] for place in places]) if tf.is_tensor(first) else [None] * len(places)
    )
    for place, gradient in zip(places, gradients, strict=True):
        if gradient is None and _matters(function, given, place, value):
            raise Unfit("not_differentiable")
    found = [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients if gradient is not None]
    if np.isfinite(value).all() and not all(np.isfinite(gradient).all() for gradient in found):
        raise Unfit("gradient_not_finite")
    return plain(result)


def _matters(function: Callable[..., Any], given: Sequence[Any], place: int, value: Any) -> bool:
    """Say whether the first result changes with an argument."""
    changed = list(given)
    numbers = np.asarray(given[place])
    factors = np.linspace(1.25, 1.75, numbers.size).reshape(numbers.shape)
    changed[place] = given[place] * factors.astype(numbers.dtype)
    try:
        other = compare.as_array(plain(_first(function(*changed))))
    except Exception:  # noqa: BLE001  (whatever a student's code raises, it is no reason to ask for a gradient)
        return False
    return other is None or not np.array_equal(value, other, equal_nan=True)


def tensors(arguments: Sequence[Any]) -> list[Any]:
    """Make tensors of the arrays among some arguments."""
    import tensorflow as tf

    return [tf.constant(one) if isinstance(one, np.ndarray) else one for one in arguments]


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple | list) and result else result


def plain(value: Any) -> Any:
    """Make arrays of the tensors in a result."""
    import tensorflow as tf

    if isinstance(value, tuple | list):
        parts = [plain(one) for one in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return np.asarray(value) if tf.is_tensor(value) else value


def traced(
    function: Callable[..., Any], directions: Sequence[Array | None], weights: Sequence[Array], *arguments: Any
) -> dict[str, Any]:
    """Trace a function once with its arrays as tensors, and ask it for its result and for its gradient.

    directions: one for each argument, None where no gradient is asked for; weights: one for each part of the result
    arguments: those of the case; numbers and None stay what they are
    Returns "in_graph", the sum of the result with these weights, "gradient", the slope along each direction, and
    "after_graph", the sum of the result when the function is called once more without a graph.
    """
    import tensorflow as tf

    run = _asked(function, directions, weights, arguments)
    places = [place for place, one in enumerate(arguments) if isinstance(one, np.ndarray)]
    with settled():
        tensors = {place: tf.constant(arguments[place]) for place in places}
        seen, found = tf.function(run)(*tensors.values())
        after = once_more(function, [tensors.get(place, one) for place, one in enumerate(arguments)], weights)
    slopes_ = np.array([np.asarray(one) for one in found], float)
    return {"in_graph": np.asarray(seen), "gradient": slopes_, "after_graph": after}


def once_more(function: Callable[..., Any], arguments: Sequence[Any], weights: Sequence[Array]) -> Array:
    """Call a function with these arguments, and return its weighed result: not a number, where it raises."""
    try:
        return np.asarray(weighed(function(*arguments), weights))
    except Exception:  # noqa: BLE001  (whatever it raises: it is wrong in this way, and was right before)
        return np.array(np.nan)


def taped(
    function: Callable[..., Any], directions: Sequence[Array | None], weights: Sequence[Array], *arguments: Any
) -> dict[str, Any]:
    """Ask for the gradient alone, outside of a graph, for a function that the lab never traces; see `traced`."""
    import tensorflow as tf

    run = _asked(function, directions, weights, arguments)
    with settled():
        _, found = run(*(tf.constant(one) for one in arguments if isinstance(one, np.ndarray)))
    return {"gradient": np.array([np.asarray(one) for one in found], float)}


def _asked(
    function: Callable[..., Any], directions: Sequence[Array | None], weights: Sequence[Array], arguments: Sequence[Any]
) -> Callable[..., tuple[Any, list[Any]]]:
    """Make what calls a function with its arrays as tensors, and returns the weighed result and the slopes."""
    import tensorflow as tf

    places = [place for place, one in enumerate(arguments) if isinstance(one, np.ndarray)]
    asked = [place for place in places if directions[place] is not None]

    # AutoGraph takes 50 ms for a function, so it sees no more of ours than it must to come to the student's.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator,unused-ignore]
    def begin(tape: Any, tensors: Sequence[Any]) -> list[Any]:
        given = list(arguments)
        for place, tensor in zip(places, tensors, strict=True):
            given[place] = tensor
        tape.watch([given[place] for place in asked])
        return given

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator,unused-ignore]
    def end(tape: Any, given: list[Any], result: Any) -> tuple[Any, list[Any]]:
        with tape:
            seen = weighed(result, weights)
        along = [one for one in directions if one is not None]
        return seen, slopes(tape, seen, [given[place] for place in asked], along)

    def run(*tensors: Any) -> tuple[Any, list[Any]]:
        tape = tf.GradientTape()
        with tape:
            given = begin(tape, tensors)
            result = function(*given)
        found: tuple[Any, list[Any]] = end(tape, given, result)
        return found

    return run


def weighed(result: Any, weights: Sequence[Array]) -> Any:
    """Add up all parts of a result, each number with its own weight. Raises TypeError for another number of parts."""
    import tensorflow as tf

    several = len(weights) > 1 or isinstance(result, tuple)  # a list may be one array, row by row
    parts = result if several and isinstance(result, tuple | list) else (result,)
    if len(parts) != len(weights):
        raise TypeError(f"{len(parts)} results in a graph, and {len(weights)} outside of it")
    total = tf.constant(0.0)
    for part, weight in zip(parts, weights, strict=True):
        total += tf.reduce_sum(tf.cast(part, tf.float32) * tf.constant(weight, tf.float32))
    return total


def slopes(tape: Any, seen: Any, tensors: Sequence[Any], directions: Sequence[Array]) -> list[Any]:
    """Return the slopes of a number along the direction of each tensor and along the flipped one, two for each.

    Two, because a part of a gradient can have the slope of the whole by chance. NOTHING where no gradient arrives.
    """
    import tensorflow as tf

    found = []
    for gradient, direction in zip(tape.gradient(seen, list(tensors)), directions, strict=True):
        if gradient is None:
            found.append(tf.constant([NOTHING, NOTHING]))
            continue
        both = tf.constant(np.stack([direction, flipped(direction)]), gradient.dtype)
        along = tf.reshape(both, (2, -1)) * tf.reshape(tf.convert_to_tensor(gradient), (1, -1))
        found.append(tf.reduce_sum(along, axis=1))
    return found


def flipped(direction: Array) -> Array:
    """Return another direction: about half of the numbers have the other sign, always the same ones for a size."""
    signs = np.random.default_rng(direction.size).choice([-1.0, 1.0], size=direction.shape)
    return np.asarray(direction * signs)


def values(variables: Sequence[Any]) -> list[Any]:
    """Return what a tape can be asked about: TensorFlow's variables inside Keras's."""
    return [getattr(variable, "value", variable) for variable in variables]
