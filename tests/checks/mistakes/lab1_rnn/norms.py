"""The classic wrong answers of lab 1: the norms of gradients.

A name says all (`listed`): `clip_by_global_norm__per_array` must earn the hint `per_array`.
"""

import math

import numpy as np

# 5.1 state_gradient_norms


def _state_gradients(h, W_hh, d_h_last):
    gradients = [d_h_last]
    for t in reversed(range(1, h.shape[1])):
        gradients.append((gradients[-1] * (1 - h[:, t] ** 2)) @ W_hh.T)
    return gradients[::-1]


def state_gradient_norms__no_derivative(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for _ in range(h.shape[1] - 1):
        d_h = d_h @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__not_transposed(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(1, h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__slope_at_h_prev(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(h.shape[1] - 1)):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__slope_after_W_hh(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(1, h.shape[1])):
        d_h = (d_h @ W_hh.T) * (1 - h[:, t] ** 2)
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__reversed(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h) for d_h in reversed(_state_gradients(h, W_hh, d_h_last))])


def state_gradient_norms__squared(h, W_hh, d_h_last):
    return np.array([(d_h**2).sum() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__batch_mean(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, axis=1).mean() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__one_too_many(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__last_missing(h, W_hh, d_h_last):
    norms, d_h = [], d_h_last
    for t in reversed(range(h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.insert(0, np.linalg.norm(d_h))
    return np.array(norms)


def state_gradient_norms__first_row_only(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h[0]) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__largest_entry(h, W_hh, d_h_last):
    return np.array([np.abs(d_h).max() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__sum_of_entries(h, W_hh, d_h_last):
    return np.array([np.abs(d_h).sum() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__spectral(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, 2) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__value__normalised(h, W_hh, d_h_last):
    norms = np.array([np.linalg.norm(d_h) for d_h in _state_gradients(h, W_hh, d_h_last)])
    return 3 * norms / norms[-1]


def state_gradient_norms__type__gradients_of_all(h, W_hh, d_h_last):
    return {t: np.linalg.norm(d_h) for t, d_h in enumerate(_state_gradients(h, W_hh, d_h_last))}


def state_gradient_norms__shape__per_sequence(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, axis=1) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__shape__gradients(h, W_hh, d_h_last):
    return np.stack(_state_gradients(h, W_hh, d_h_last), axis=1)


def state_gradient_norms__raises__time_first(h, W_hh, d_h_last):
    d_h = d_h_last
    for t in reversed(range(len(h) + 12)):
        d_h = (d_h * (1 - h[t] ** 2)) @ W_hh.T
    return d_h


def state_gradient_norms__finite__log(h, W_hh, d_h_last):
    with np.errstate(all="ignore"):
        return np.log([np.linalg.norm(d_h) * 0 for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__finite__float32(h, W_hh, d_h_last):
    h, W_hh, d_h = (value.astype(np.float32) for value in (h, W_hh, d_h_last))
    norms = []
    for t in reversed(range(h.shape[1])):
        norms.insert(0, float(np.linalg.norm(d_h)))
        d_h = np.dot(d_h * (1 - np.square(h[:, t])), W_hh.T)
    return norms


def state_gradient_norms__changed(h, W_hh, d_h_last):
    norms = [np.linalg.norm(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        d_h_last[:] = (d_h_last * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h_last))
    return np.array(norms[::-1])


def state_gradient_norms__zeros(h, W_hh, d_h_last):
    return np.zeros(h.shape[1])


def state_gradient_norms__constant(h, W_hh, d_h_last):
    return np.ones(h.shape[1])


def state_gradient_norms__echo(h, W_hh, d_h_last):
    return h


# 5.2 clip_by_global_norm


def _global_norm(gradients):
    return np.sqrt(sum((gradient**2).sum() for gradient in gradients))


def clip_by_global_norm__element_wise(gradients, max_norm):
    return [np.clip(gradient, -max_norm, max_norm) for gradient in gradients], _global_norm(gradients)


def clip_by_global_norm__per_array(gradients, max_norm):
    clipped = []
    for gradient in gradients:
        norm = np.linalg.norm(gradient)
        clipped.append(gradient * max_norm / norm if norm > max_norm else gradient)
    return clipped, _global_norm(gradients)


def clip_by_global_norm__always_scaled(gradients, max_norm):
    norm = _global_norm(gradients)
    scale = max_norm / norm if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__always_scaled__zero_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    with np.errstate(all="ignore"):
        return [gradient * (max_norm / norm) for gradient in gradients], norm


def clip_by_global_norm__always_scaled__raises(gradients, max_norm):
    norm = math.sqrt(sum((gradient**2).sum() for gradient in gradients))
    return [gradient * max_norm / norm for gradient in gradients], norm


def clip_by_global_norm__norm_after(gradients, max_norm):
    norm = _global_norm(gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    clipped = [gradient * scale for gradient in gradients]
    return clipped, _global_norm(clipped)


def clip_by_global_norm__squared(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__sum_of_norms(gradients, max_norm):
    norm = sum(np.linalg.norm(gradient) for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__zero_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    with np.errstate(all="ignore"):
        return [gradient * (min(norm, max_norm) / norm) for gradient in gradients], norm


def clip_by_global_norm__zero_norm__plain_float(gradients, max_norm):
    norm = math.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = min(1.0, max_norm / norm)
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__zero_norm__always_divided(gradients, max_norm):
    norm = _global_norm(gradients)
    with np.errstate(all="ignore"):
        return [gradient / norm * min(norm, max_norm) for gradient in gradients], norm


def clip_by_global_norm__largest_entry(gradients, max_norm):
    norm = max(np.abs(gradient).max() for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__not_scaled(gradients, max_norm):
    return gradients, _global_norm(gradients)


def clip_by_global_norm__scaled_by_max_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    if norm > max_norm:
        return [gradient * max_norm for gradient in gradients], norm
    return gradients, norm


def clip_by_global_norm__scaled_to_one(gradients, max_norm):
    norm = _global_norm(gradients)
    if norm > max_norm:
        return [gradient / norm for gradient in gradients], norm
    return gradients, norm


def clip_by_global_norm__value__small_ones_dropped(gradients, max_norm):
    norm = _global_norm(gradients)
    return [gradient * (max_norm / norm if norm > max_norm else 0.0) for gradient in gradients], norm


def clip_by_global_norm__type__no_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    return [gradient * min(1.0, max_norm / max(norm, max_norm)) for gradient in gradients]


def clip_by_global_norm__type__one_vector(gradients, max_norm):
    flat = np.concatenate([gradient.ravel() for gradient in gradients])
    norm = np.linalg.norm(flat)
    return flat * min(1.0, max_norm / max(norm, max_norm)), norm


def clip_by_global_norm__shape__norms_of_all(gradients, max_norm):
    norm = _global_norm(gradients)
    clipped = [gradient * (max_norm / norm if norm > max_norm else 1.0) for gradient in gradients]
    return clipped, [np.linalg.norm(gradient) for gradient in gradients]


def clip_by_global_norm__raises__one_array(gradients, max_norm):
    norm = np.sqrt((np.array(gradients) ** 2).sum())
    return [gradient * min(1.0, max_norm / norm) for gradient in gradients], norm


def clip_by_global_norm__finite__nan(gradients, max_norm):
    return [gradient * np.nan for gradient in gradients], _global_norm(gradients)


def clip_by_global_norm__changed(gradients, max_norm):
    norm = _global_norm(gradients)
    for gradient in gradients:
        gradient *= min(1.0, max_norm / max(norm, max_norm))
    return gradients, norm


def clip_by_global_norm__zeros(gradients, max_norm):
    return [np.zeros(gradient.shape) for gradient in gradients], 0.0


def clip_by_global_norm__constant(gradients, max_norm):
    return [np.ones(gradient.shape) for gradient in gradients], 1.0


def clip_by_global_norm__echo(gradients, max_norm):
    return gradients


# of others


def _norms(h, W_hh, d_h_last, measure):
    gradient, norms = d_h_last, [measure(d_h_last)]
    for t in range(h.shape[1] - 1, 0, -1):
        gradient = gradient * (1 - h[:, t] ** 2) @ W_hh.T
        norms.append(measure(gradient))
    return np.array(norms[::-1])


def state_gradient_norms__rows_added_first(h, W_hh, d_h_last):
    return _norms(h, W_hh, d_h_last, lambda gradient: np.linalg.norm(gradient.sum(axis=0)))


def state_gradient_norms__batch_root_mean(h, W_hh, d_h_last):
    return _norms(h, W_hh, d_h_last, lambda gradient: np.sqrt((gradient**2).sum(axis=1).mean()))


def state_gradient_norms__product_of_norms(h, W_hh, d_h_last):
    norms = [np.linalg.norm(d_h_last)]
    for t in range(h.shape[1] - 1, 0, -1):
        norms.append(norms[-1] * np.linalg.norm(W_hh) * np.linalg.norm(1 - h[:, t] ** 2))
    return np.array(norms[::-1])


def state_gradient_norms__slope_after_W_hh__of_the_earlier_state(h, W_hh, d_h_last):
    gradient, norms = d_h_last, [np.linalg.norm(d_h_last)]
    for t in range(h.shape[1] - 2, -1, -1):
        gradient = (gradient @ W_hh.T) * (1 - h[:, t] ** 2)
        norms.append(np.linalg.norm(gradient))
    return np.array(norms[::-1])


def _clipped(gradients, max_norm, norm):
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return [gradient * factor for gradient in gradients], norm


def clip_by_global_norm__matrices_only(gradients, max_norm):
    return _clipped(gradients, max_norm, np.sqrt(sum((g**2).sum() for g in gradients if g.ndim > 1)))


def clip_by_global_norm__largest_norm(gradients, max_norm):
    return _clipped(gradients, max_norm, max(np.linalg.norm(g) for g in gradients))


def clip_by_global_norm__mean_square(gradients, max_norm):
    return _clipped(gradients, max_norm, np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients]) ** 2)))
