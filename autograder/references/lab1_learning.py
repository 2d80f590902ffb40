"""Oracles of lab 1, parts 4 and 5: loss, gradients through time, norms, clipping."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator

from autograder.references.lab1_recurrence import rnn_forward, weights
from autograder.references.reference import Drawn, Reference
from labkit.checks import probes

Array = np.ndarray[Any, np.dtype[Any]]


def _log_softmax(row: Array) -> list[float]:
    highest = max(float(z) for z in row)
    total = math.log(sum(math.exp(float(z) - highest) for z in row))
    return [float(z) - highest - total for z in row]


def sequence_loss(logits: Array, targets: Array, mask: Array) -> float:
    """Add up -log p(target) over the real steps, and divide by their number."""
    total, steps = 0.0, 0
    for row in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[row, t]:
                total -= _log_softmax(logits[row, t])[targets[row, t]]
                steps += 1
    return total / steps


def loss_gradient(logits: Array, targets: Array, mask: Array) -> Array:
    """Take the derivative of `sequence_loss`: softmax minus one-hot at real steps, divided by their number."""
    gradient = np.zeros(logits.shape)
    for row in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[row, t]:
                gradient[row, t] = [math.exp(value) for value in _log_softmax(logits[row, t])]
                gradient[row, t, targets[row, t]] -= 1
    return gradient / mask.sum()


def _draw_loss(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, size: int, mask: Array, scale: float = 1.0) -> dict[str, Any]:
        logits = rng.normal(0, scale, size=(batch, time, size)).round(3)
        return {"logits": logits, "targets": rng.integers(0, size, size=(batch, time)), "mask": mask}

    time = int(rng.integers(4, 7))
    padded = np.arange(time) < np.array([[time], [1], [time - 2]])
    large = arguments(2, 3, 4, np.array([[True, True, True], [True, True, False]]))
    large["logits"] = rng.choice([-1000.0, 0.0, 1000.0], size=(2, 3, 4))
    large["logits"][0, 0] = [1000.0, -1000.0, 0.0, 1000.0]
    large["targets"][0, 0] = 1
    single = arguments(2, 3, 3, np.array([[True, True, False], [True, False, False]]))
    single["logits"] = single["logits"].astype(np.float32)
    return [
        (arguments(3, time, 5, padded), "three lengths"),
        (arguments(2, 4, 3, np.ones((2, 4), bool), 3.0), "no padding"),
        (arguments(2, 4, 4, np.array([[False, True, False, True], [True, False, False, False]])), "empty steps anywhere"),
        (arguments(1, 1, 2, np.ones((1, 1), bool)), "one word"),
        (single, "float32"),
        (large, "logits of +-1000"),
    ]


def _softmax(logits: Array, axis: int = -1) -> Array:
    scaled = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=axis, keepdims=True))


def _naive_softmax(logits: Array) -> Array:
    return np.asarray(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))


def _one_hot(targets: Array, size: int) -> Array:
    return np.asarray(np.eye(size)[targets])


def _picked(probabilities: Array, targets: Array) -> Array:
    return np.take_along_axis(probabilities, targets[..., None], axis=-1)[..., 0]


def _losses(logits: Array, targets: Array) -> Array:
    rows = np.array([[_log_softmax(row) for row in sequence] for sequence in logits])
    return -_picked(rows, targets)


def _mean(losses: Array, mask: Array) -> float:
    return float(np.where(mask, losses, 0.0).sum() / mask.sum())


def _mean_of_means(logits: Array, targets: Array, mask: Array) -> float:
    return float(np.mean((_losses(logits, targets) * mask).sum(axis=1) / mask.sum(axis=1)))


SEQUENCE_LOSS = Reference(
    correct=sequence_loss,
    draw=_draw_loss,
    wrong={
        "padding_counted": lambda logits, targets, mask: float(_losses(logits, targets).mean()),  # noqa: ARG005
        "divided_by_all": lambda logits, targets, mask: sequence_loss(logits, targets, mask) * float(mask.mean()),
        "mean_of_means": _mean_of_means,
        "divided_by_batch": lambda logits, targets, mask: sequence_loss(logits, targets, mask) * float(mask.sum() / len(mask)),
        "not_divided": lambda logits, targets, mask: sequence_loss(logits, targets, mask) * float(mask.sum()),
        "bits": lambda logits, targets, mask: sequence_loss(logits, targets, mask) / math.log(2),
        "sign": lambda logits, targets, mask: -sequence_loss(logits, targets, mask),
        "unstable": lambda logits, targets, mask: _mean(-np.log(_picked(_naive_softmax(logits), targets)), mask),
        "floored": lambda logits, targets, mask: _mean(-np.log(_picked(_softmax(logits), targets) + 1e-12), mask),
        "per_step": lambda logits, targets, mask: _losses(logits, targets) * mask,
        "logits_as_probabilities": lambda logits, targets, mask: _mean(-np.log(_picked(logits, targets)), mask),
        "softmax_over_time": lambda logits, targets, mask: _mean(-np.log(_picked(_softmax(logits, axis=1), targets)), mask),
    },
)


def _gradient(probabilities: Array, targets: Array, mask: Array) -> Array:
    return np.asarray((probabilities - _one_hot(targets, probabilities.shape[-1])) * mask[..., None] / mask.sum())


def _gradient_divided_by(count: Callable[[Array], float]) -> Callable[..., Array]:
    return lambda logits, targets, mask: loss_gradient(logits, targets, mask) * mask.sum() / count(mask)


LOSS_GRADIENT = Reference(
    correct=loss_gradient,
    draw=_draw_loss,
    wrong={
        "mask_ignored": lambda logits, targets, mask: (
            _gradient(_softmax(logits), targets, np.ones_like(mask)) * mask.size / mask.sum()
        ),
        "not_divided": _gradient_divided_by(lambda _: 1.0),
        "divided_by_all": _gradient_divided_by(lambda mask: mask.size),
        "divided_by_batch": _gradient_divided_by(len),
        "sign": lambda logits, targets, mask: -loss_gradient(logits, targets, mask),
        "no_target": lambda logits, targets, mask: _softmax(logits) * mask[..., None] / mask.sum(),  # noqa: ARG005
        "only_target": lambda logits, targets, mask: (
            loss_gradient(logits, targets, mask) * _one_hot(targets, logits.shape[-1])
        ),
        "unstable": lambda logits, targets, mask: _gradient(_naive_softmax(logits), targets, mask),
        "logits_as_probabilities": lambda logits, targets, mask: _gradient(logits, targets, mask),
        "softmax_over_time": lambda logits, targets, mask: _gradient(_softmax(logits, axis=1), targets, mask),
    },
)


def rnn_backward_step(d_h: Array, x_t: Array, h_prev: Array, h_t: Array, W_hh: Array) -> tuple[Array, ...]:
    """Send dL/dh_t back through one step, sequence by sequence, unit by unit."""
    batch, units = d_h.shape
    d_W_xh, d_W_hh = np.zeros((x_t.shape[1], units)), np.zeros((units, units))
    d_b_h, d_h_prev = np.zeros(units), np.zeros((batch, units))
    for row in range(batch):
        for unit in range(units):
            d_a = float(d_h[row, unit]) * (1 - float(h_t[row, unit]) ** 2)
            d_b_h[unit] += d_a
            for feature in range(x_t.shape[1]):
                d_W_xh[feature, unit] += float(x_t[row, feature]) * d_a
            for other in range(units):
                d_W_hh[other, unit] += float(h_prev[row, other]) * d_a
                d_h_prev[row, other] += float(W_hh[other, unit]) * d_a
    return d_W_xh, d_W_hh, d_b_h, d_h_prev


def _draw_backward_step(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, features: int, units: int) -> dict[str, Any]:
        return {
            "d_h": rng.normal(size=(batch, units)).round(3),
            "x_t": rng.normal(size=(batch, features)).round(3),
            "h_prev": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            "h_t": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            "W_hh": rng.normal(0, 0.7, size=(units, units)).round(3),
        }

    return [
        (arguments(int(rng.integers(2, 5)), 2, 3), "more units than features"),
        (arguments(3, 3, 3), "batch, features and units are equal"),
        (arguments(1, 2, 1), "one sequence, one unit"),
    ]


def _backward_step(d_a: Array, x_t: Array, h_prev: Array, W_hh: Array, **change: Any) -> tuple[Array, ...]:
    """Take the products of one backward step, with one thing changed."""
    parts = {
        "d_W_xh": x_t.T @ d_a,
        "d_W_hh": h_prev.T @ d_a,
        "d_b_h": d_a.sum(axis=0),
        "d_h_prev": d_a @ W_hh.T,
    }
    return tuple((parts | change).values())


def _changed_step(slope: Callable[..., Array] | None = None, **parts: Callable[..., Array]) -> Callable[..., Any]:
    def formula(d_h: Array, x_t: Array, h_prev: Array, h_t: Array, W_hh: Array) -> tuple[Array, ...]:
        d_a = d_h * (slope(h_t, h_prev) if slope else 1 - h_t**2)
        values = {"d_a": d_a, "d_h": d_h, "x_t": x_t, "h_prev": h_prev, "h_t": h_t, "W_hh": W_hh}
        return _backward_step(d_a, x_t, h_prev, W_hh, **{name: part(**values) for name, part in parts.items()})

    return formula


BACKWARD_STEP = Reference(
    correct=rnn_backward_step,
    draw=_draw_backward_step,
    wrong={
        "no_derivative": _changed_step(lambda h_t, _: np.ones_like(h_t)),
        "on_preactivation": _changed_step(lambda h_t, _: 1 - np.arctanh(h_t) ** 2),
        "tanh_twice": _changed_step(lambda h_t, _: 1 - np.tanh(h_t) ** 2),
        "slope_at_h_prev": _changed_step(lambda _, h_prev: 1 - h_prev**2),
        "h_t_for_h_prev": _changed_step(d_W_hh=lambda d_a, h_t, **_: h_t.T @ d_a),
        "no_batch_sum": _changed_step(d_b_h=lambda d_a, **_: d_a),
        "batch_mean": _changed_step(
            d_W_xh=lambda d_a, x_t, **_: x_t.T @ d_a / len(d_a),
            d_W_hh=lambda d_a, h_prev, **_: h_prev.T @ d_a / len(d_a),
            d_b_h=lambda d_a, **_: d_a.mean(axis=0),
        ),
        "bias_mean": _changed_step(d_b_h=lambda d_a, **_: d_a.mean(axis=0)),
        "not_transposed": _changed_step(d_h_prev=lambda d_a, W_hh, **_: d_a @ W_hh),
        "d_h_prev_skips_tanh": _changed_step(d_h_prev=lambda d_h, W_hh, **_: d_h @ W_hh.T),
        "transposed_W_hh": _changed_step(d_W_hh=lambda d_a, h_prev, **_: d_a.T @ h_prev),
    },
)

BACKWARD_ARGUMENTS = ("x", "h_0", "h", "W_xh", "W_hh", "W_hy", "d_logits")


def backward_with(step: Callable[..., tuple[Array, ...]], **arguments: Any) -> dict[str, Array]:
    """Walk back through time; every step adds its share to each gradient."""
    x, h_0, h, W_xh, W_hh, W_hy, d_logits = (arguments[name] for name in BACKWARD_ARGUMENTS)
    mask = arguments.get("mask")
    batch, time, units = h.shape
    total = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(units)}
    total |= {"W_hy": np.zeros(W_hy.shape), "b_y": np.zeros(W_hy.shape[1])}
    flow = np.zeros((batch, units))
    for t in reversed(range(time)):
        total["W_hy"] += np.einsum("bu,bv->uv", h[:, t], d_logits[:, t])
        total["b_y"] += np.einsum("bv->v", d_logits[:, t])
        d_h = flow + np.einsum("bv,uv->bu", d_logits[:, t], W_hy)
        h_prev = h[:, t - 1] if t else h_0
        real = np.ones((batch, 1)) if mask is None else mask[:, t, None].astype(float)
        d_W_xh, d_W_hh, d_b_h, d_h_prev = step(d_h * real, x[:, t], h_prev, h[:, t], W_hh)
        total["W_xh"] += d_W_xh
        total["W_hh"] += d_W_hh
        total["b_h"] += d_b_h
        flow = d_h_prev + d_h * (1 - real)
    return total | {"h_0": flow}


def rnn_backward(**arguments: Any) -> dict[str, Array]:
    """Apply the oracle of rnn_backward_step back through time."""
    return backward_with(rnn_backward_step, **arguments)


def _draw_backward(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, features: int, units: int, size: int) -> dict[str, Any]:
        x = rng.normal(size=(batch, time, features)).round(3)
        h_0 = rng.uniform(-0.9, 0.9, size=(batch, units)).round(3)
        parameters = weights(rng, features, units)
        return {
            "x": x,
            "h_0": h_0,
            "h": rnn_forward(x, h_0, **parameters),
            "W_xh": parameters["W_xh"],
            "W_hh": parameters["W_hh"],
            "W_hy": rng.normal(0, 0.7, size=(units, size)).round(3),
            "d_logits": rng.normal(size=(batch, time, size)).round(3),
        }

    zero = arguments(2, 3, 2, 3, 4)
    zero["d_logits"] = np.zeros_like(zero["d_logits"])
    return [
        (arguments(2, int(rng.integers(4, 6)), 2, 3, 4), "several steps"),
        (arguments(3, 3, 3, 3, 3), "all sizes are equal"),
        (arguments(1, 1, 2, 2, 3), "one step"),
        (zero, "d_logits is zero, so every gradient is zero"),
    ]


def _backward_loop(  # noqa: PLR0913
    x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, W_hy: Array, d_logits: Array, change: str = ""
) -> dict[str, Array]:
    """Walk back through time with one thing changed."""
    del W_xh
    previous = np.concatenate([np.zeros_like(h_0)[:, None] if change == "h_0_as_zero" else h_0[:, None], h[:, :-1]], axis=1)
    shares: list[tuple[Array, ...]] = []
    flow, entering, time = np.zeros_like(h_0), np.zeros_like(h_0), h.shape[1]
    for t in range(time) if change == "forward_order" else reversed(range(time)):
        own = d_logits[:, t] @ W_hy.T
        d_h = {"no_flow": own, "overwritten": flow if t < time - 1 else own}.get(change, own + flow)
        entering = d_h
        parts = rnn_backward_step(d_h, x[:, t], h[:, t] if change == "h_t_for_h_prev" else previous[:, t], h[:, t], W_hh)
        shares.append(parts[:3])
        flow = parts[3]
    d_W_xh, d_W_hh, d_b_h = shares[-1] if change == "last_step_only" else map(sum, zip(*shares, strict=True))
    d_h_0 = {"h_0_is_h_1": entering, "h_0_missing": np.zeros_like(h_0)}.get(change, flow)
    W_hy_steps = np.einsum("btu,btv->tuv", h, d_logits)
    return {
        "W_xh": np.asarray(d_W_xh),
        "W_hh": np.asarray(d_W_hh),
        "b_h": np.asarray(d_b_h),
        "W_hy": W_hy_steps[-1] if change == "output_last_only" else W_hy_steps.sum(axis=0),
        "b_y": d_logits[:, -1].sum(axis=0) if change == "b_y_missing_time" else d_logits.sum(axis=(0, 1)),
        "h_0": d_h_0,
    }


def _changed_backward(change: str) -> Callable[..., dict[str, Array]]:
    return lambda **arguments: _backward_loop(**arguments, change=change)


BACKWARD = Reference(
    correct=rnn_backward,
    draw=_draw_backward,
    wrong={
        change: _changed_backward(change)
        for change in (
            "no_flow",
            "overwritten",
            "last_step_only",
            "h_t_for_h_prev",
            "h_0_as_zero",
            "h_0_is_h_1",
            "h_0_missing",
            "forward_order",
            "output_last_only",
            "b_y_missing_time",
        )
    },
    given={("rnn_backward_step", "blunt_backward_step"): lambda **a: backward_with(probes.blunt_backward_step, **a)},
)


def state_gradient_norms(h: Array, W_hh: Array, d_h_last: Array) -> Array:
    """Send dL/dh_T back to h_1, and note the length of the gradient at every step."""
    gradient, norms = d_h_last, [_length(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        gradient = rnn_backward_step(gradient, h[:, t], h[:, t - 1], h[:, t], W_hh)[3]
        norms.insert(0, _length(gradient))
    return np.array(norms)


def _length(gradient: Array) -> float:
    return math.sqrt(sum(float(value) ** 2 for value in gradient.ravel()))


def _draw_norms(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, units: int) -> dict[str, Any]:
        return {
            "h": rng.uniform(-0.9, 0.9, size=(batch, time, units)).round(3),
            "W_hh": rng.normal(0, 0.8, size=(units, units)).round(3),
            "d_h_last": rng.normal(size=(batch, units)).round(3),
        }

    return [
        (arguments(2, int(rng.integers(5, 8)), 3), "several steps"),
        (arguments(3, 4, 3), "as many sequences as units"),
        (arguments(1, 12, 2), "twelve steps"),
        (arguments(2, 1, 3), "one step"),
    ]


def _norms(h: Array, W_hh: Array, d_h_last: Array, **change: Any) -> Array:
    measure = change.get("measure", lambda gradient: np.sqrt((gradient**2).sum()))
    gradient, norms = d_h_last, [measure(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        slope = 1.0 if change.get("no_slope") else 1 - h[:, t - change.get("early", 0)] ** 2
        gradient = (gradient * slope) @ (W_hh if change.get("plain") else W_hh.T)
        norms.append(measure(gradient))
    return np.array(norms[::-1])


def _one_too_many(h: Array, W_hh: Array, d_h_last: Array) -> Array:
    longer = np.concatenate([np.zeros_like(h[:, :1]), h], axis=1)
    return state_gradient_norms(longer, W_hh, d_h_last)


STATE_GRADIENT_NORMS = Reference(
    correct=state_gradient_norms,
    draw=_draw_norms,
    wrong={
        "no_derivative": lambda **a: _norms(**a, no_slope=True),
        "not_transposed": lambda **a: _norms(**a, plain=True),
        "slope_at_h_prev": lambda **a: _norms(**a, early=1),
        "reversed": lambda **a: state_gradient_norms(**a)[::-1],
        "squared": lambda **a: state_gradient_norms(**a) ** 2,
        "batch_mean": lambda **a: _norms(**a, measure=lambda g: np.sqrt((g**2).sum(axis=1)).mean()),
        "one_too_many": _one_too_many,
        "first_row_only": lambda **a: _norms(**a, measure=lambda g: np.sqrt((g[0] ** 2).sum())),
        "largest_entry": lambda **a: _norms(**a, measure=lambda g: np.abs(g).max()),
        "sum_of_entries": lambda **a: _norms(**a, measure=lambda g: np.abs(g).sum()),
    },
)


def clip_by_global_norm(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    """Shorten all arrays by one factor when their common length exceeds max_norm."""
    norm = math.sqrt(sum(_length(gradient) ** 2 for gradient in gradients))
    if norm <= max_norm:
        return [gradient.astype(float) for gradient in gradients], norm
    return [gradient * (max_norm / norm) for gradient in gradients], norm


def _draw_clip(rng: Generator) -> list[Drawn]:
    def arrays() -> list[Array]:
        rows = int(rng.integers(2, 4))
        shapes = ((rows, 3), (3, 3), (3,))
        return [rng.normal(0, 1.5, size=shape).round(3) for shape in shapes]

    return [
        ({"gradients": arrays(), "max_norm": 1.0}, "longer than max_norm"),
        ({"gradients": arrays(), "max_norm": 40.0}, "shorter than max_norm"),
        ({"gradients": [np.zeros((2, 2)), np.zeros(2)], "max_norm": 1.0}, "all zeros"),
        ({"gradients": [rng.normal(0, 30, size=4).round(3)], "max_norm": 2.5}, "one array"),
    ]


def _scaled(factor: Callable[[float, float], float]) -> Callable[..., Any]:
    def formula(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
        norm = clip_by_global_norm(gradients, max_norm)[1]
        scale = factor(max_norm, norm) if norm else 1.0
        return [gradient * scale for gradient in gradients], norm

    return formula


def _with_norm(measure: Callable[[list[Array]], float]) -> Callable[..., Any]:
    def formula(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
        norm = float(measure(gradients))
        scale = min(1.0, max_norm / norm) if norm else 1.0
        return [gradient * scale for gradient in gradients], norm

    return formula


def _per_array(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    clipped = [clip_by_global_norm([gradient], max_norm)[0][0] for gradient in gradients]
    return clipped, clip_by_global_norm(gradients, max_norm)[1]


def _zero_norm(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    norm = np.float64(clip_by_global_norm(gradients, max_norm)[1])
    scale = np.float64(max_norm) / norm if norm == 0 else min(1.0, max_norm / norm)
    return [gradient * scale for gradient in gradients], float(norm)


CLIP = Reference(
    correct=clip_by_global_norm,
    draw=_draw_clip,
    wrong={
        "element_wise": lambda gradients, max_norm: (
            [np.clip(gradient, -max_norm, max_norm) for gradient in gradients],
            clip_by_global_norm(gradients, max_norm)[1],
        ),
        "per_array": _per_array,
        "always_scaled": _scaled(lambda max_norm, norm: max_norm / norm),
        "norm_after": lambda gradients, max_norm: (
            clip_by_global_norm(gradients, max_norm)[0],
            min(max_norm, clip_by_global_norm(gradients, max_norm)[1]),
        ),
        "squared": _with_norm(lambda gradients: sum((gradient**2).sum() for gradient in gradients)),
        "sum_of_norms": _with_norm(lambda gradients: sum(_length(gradient) for gradient in gradients)),
        "zero_norm": _zero_norm,
        "largest_entry": _with_norm(lambda gradients: max(np.abs(gradient).max() for gradient in gradients)),
        "not_scaled": _scaled(lambda _, __: 1.0),
        "scaled_by_max_norm": _scaled(lambda max_norm, norm: max_norm if norm > max_norm else 1.0),
    },
)
