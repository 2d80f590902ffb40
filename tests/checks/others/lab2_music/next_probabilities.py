import numpy as np

SHOWN = {}


def next_probabilities__w01_times_temperature(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) * temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(p)[::-1]
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w01_times_temperature"] = (
    "natural",
    "multiplies by the temperature",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5]), temperature=2.0),
)


def next_probabilities__w02_temperature_after_softmax(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float)
    p = np.exp(a - a.max())
    p = p / p.sum() / temperature
    p = p / p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w02_temperature_after_softmax"] = (
    "natural",
    "divides the probabilities by the temperature, which does nothing",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5]), temperature=2.0),
)


def next_probabilities__w03_crossing_one_dropped(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    keep = np.cumsum(p[order]) <= top_p + 1e-12
    keep[0] = True
    q = np.zeros_like(p)
    q[order[keep]] = p[order[keep]]
    return q / q.sum()


SHOWN["next_probabilities__w03_crossing_one_dropped"] = (
    "natural",
    "drops the character that crosses top_p",
    lambda: dict(logits=np.log([0.5, 0.3, 0.2]), temperature=1.0, top_p=0.7),
)


def next_probabilities__w04_threshold_keeps_ties(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    descending = np.sort(p)[::-1]
    n = min(np.searchsorted(np.cumsum(descending), top_p), len(p) - 1)
    q = np.where(p >= descending[n], p, 0.0)
    return q / q.sum()


SHOWN["next_probabilities__w04_threshold_keeps_ties"] = (
    "subtle",
    "keeps all characters as probable as the last one: not the smallest set",
    lambda: dict(logits=np.zeros(8), temperature=1.0, top_p=0.3),
)


def next_probabilities__w05_stays_sorted(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p = np.sort(p / p.sum())[::-1]
    n = np.searchsorted(np.cumsum(p), top_p) + 1
    p[n:] = 0
    return p / p.sum()


SHOWN["next_probabilities__w05_stays_sorted"] = (
    "natural",
    "returns the probabilities sorted, not at their characters",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5]), temperature=1.0),
)


def next_probabilities__w06_not_scaled(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    p[order[n:]] = 0
    return p


SHOWN["next_probabilities__w06_not_scaled"] = (
    "natural",
    "does not scale the rest to sum 1",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5]), temperature=1.0, top_p=0.5),
)


def next_probabilities__w07_cut_before_temperature(logits, temperature, top_p=1.0):
    a = np.array(logits, dtype=float)
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    a[order[n:]] = -np.inf
    q = np.exp((a - a.max()) / temperature)
    return q / q.sum()


SHOWN["next_probabilities__w07_cut_before_temperature"] = (
    "natural",
    "cuts by the probabilities without temperature",
    lambda: dict(logits=np.array([3.0, 1.0, 0.5, 0.0]), temperature=5.0, top_p=0.8),
)


def next_probabilities__w08_overflow(logits, temperature, top_p=1.0):
    e = np.exp(np.asarray(logits, dtype=float) / temperature)
    p = e / e.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w08_overflow"] = (
    "subtle",
    "softmax without the maximum: NaN for large logits",
    lambda: dict(logits=np.array([1000.0, 999.0, -1000.0]), temperature=1.0),
)


def next_probabilities__w09_logits_in_place(logits, temperature, top_p=1.0):
    logits = np.asarray(logits)
    logits -= logits.max()
    logits /= temperature
    p = np.exp(logits)
    p = p / p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w09_logits_in_place"] = (
    "use",
    "changes the caller's logits",
    "changes its argument logits: a second call divides by the temperature again",
)


def next_probabilities__w10_more_than_top_p(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p, kind="stable")
    n = np.searchsorted(np.cumsum(p[order]), top_p, side="right") + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w10_more_than_top_p"] = (
    "subtle",
    "keeps one more where the sum is exactly top_p",
    lambda: dict(logits=np.zeros(4), temperature=1.0, top_p=0.5),
)


def next_probabilities__w11_top_k(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    k = max(1, int(np.ceil(top_p * len(p))))
    order = np.argsort(-p)
    q = np.zeros_like(p)
    q[order[:k]] = p[order[:k]]
    return q / q.sum()


SHOWN["next_probabilities__w11_top_k"] = (
    "natural",
    "keeps a share top_p of the characters, not of the probability",
    lambda: dict(logits=np.array([5.0, 0.0, 0.0, 0.0]), temperature=1.0, top_p=0.75),
)


def next_probabilities__w12_relative_to_the_best(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    if top_p < 1:
        p[p < (1 - top_p) * p.max()] = 0
    return p / p.sum()


SHOWN["next_probabilities__w12_relative_to_the_best"] = (
    "natural",
    "cuts what is below a share of the best (min-p)",
    lambda: dict(logits=np.zeros(8), temperature=1.0, top_p=0.4),
)


def next_probabilities__w13_cold_is_argmax(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float)
    if temperature < 0.1:
        p = np.zeros_like(a)
        p[a.argmax()] = 1.0
        return p
    a = a / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w13_cold_is_argmax"] = (
    "subtle",
    "a temperature below 0.1 gives the best character alone",
    lambda: dict(logits=np.array([1.0, 1.05, 0.98]), temperature=0.05),
)


def next_probabilities__w14_temperature_limited(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / np.clip(temperature, 0.1, 10.0)
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w14_temperature_limited"] = (
    "subtle",
    "limits the temperature to 0.1 ... 10",
    lambda: dict(logits=np.array([10.0, 50.0, 0.0]), temperature=100.0),
)


def next_probabilities__w15_integer_logits(logits, temperature, top_p=1.0):
    a = np.array(logits)
    a[:] = (a - a.max()) / temperature
    p = np.exp(a)
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w15_integer_logits"] = (
    "subtle",
    "integer logits are cut to integers after the division",
    lambda: dict(logits=np.array([1, 2, 3]), temperature=0.7),
)


def next_probabilities__w16_half_precision(logits, temperature, top_p=1.0):
    a = (np.asarray(logits) / temperature).astype(np.float16)
    p = np.exp(a - a.max())
    p = (p / p.sum()).astype(np.float64)
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w16_half_precision"] = (
    "subtle",
    "half precision: wrong digits, NaN above 65504",
    lambda: dict(logits=np.array([100.03, 100.0, 99.9]), temperature=0.001),
)


def next_probabilities__w17_tiny_floor(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    keep = np.zeros(len(p), dtype=bool)
    keep[order[:n]] = True
    q = np.where(keep, p, 1e-4)  # never quite impossible
    return q / q.sum()


SHOWN["next_probabilities__w17_tiny_floor"] = (
    "subtle",
    "the others get 1e-4 instead of 0",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5]), temperature=1.0, top_p=0.5),
)


def next_probabilities__w18_least_probable_kept(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w18_least_probable_kept"] = (
    "natural",
    "sorts upwards: keeps the least probable",
    lambda: dict(logits=np.array([1.0, 2.0, 0.5, -3.0]), temperature=1.0, top_p=0.3),
)


_w19_order = {}


def next_probabilities__w19_order_kept(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float)
    if len(a) not in _w19_order:
        _w19_order[len(a)] = np.argsort(-a)
    order = _w19_order[len(a)]
    p = np.exp((a - a.max()) / temperature)
    p /= p.sum()
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w19_order_kept"] = (
    "use",
    "keeps the order of the first logits",
    "the second call with other logits and top_p < 1 uses the order of the first",
)


def next_probabilities__w20_shifted_by_the_mean(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=float) / temperature
    p = np.exp(a - a.mean())
    p = p / p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    q = np.zeros_like(p)
    q[order[:n]] = p[order[:n]]
    return q / q.sum()


SHOWN["next_probabilities__w20_shifted_by_the_mean"] = (
    "subtle",
    "subtracts the mean instead of the maximum: overflows for wide logits",
    lambda: dict(logits=np.array([1000.0, -1000.0, -1000.0]), temperature=1.0),
)


def next_probabilities__r1_argsort_searchsorted(logits, temperature, top_p=1.0):
    a = np.asarray(logits, dtype=np.float64) / temperature
    p = np.exp(a - a.max())
    p /= p.sum()
    order = np.argsort(-p)
    n = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    kept = np.zeros_like(p)
    kept[order[:n]] = p[order[:n]]
    return kept / kept.sum()


def next_probabilities__r2_loop(logits, temperature, top_p=1.0):
    import math

    scaled = [float(value) / temperature for value in logits]
    highest = max(scaled)
    weights = [math.exp(value - highest) for value in scaled]
    total = sum(weights)
    p = [w / total for w in weights]
    kept = [0.0] * len(p)
    mass = 0.0
    for k in sorted(range(len(p)), key=p.__getitem__, reverse=True):
        if mass >= top_p:
            break
        kept[k] = p[k]
        mass += p[k]
    return np.array(kept) / sum(kept)


def next_probabilities__r3_scipy_exclusive_sum(logits, temperature, top_p=1.0):
    from scipy.special import softmax

    p = softmax(np.asarray(logits, dtype=float) / temperature)
    order = np.argsort(p)[::-1]
    before = np.concatenate([[0.0], np.cumsum(p[order])[:-1]])
    keep = np.empty(len(p), dtype=bool)
    keep[order] = before < top_p
    return np.where(keep, p, 0.0) / p[keep].sum()


def next_probabilities__r4_tensorflow(logits, temperature, top_p=1.0):
    import tensorflow as tf

    p = tf.nn.softmax(tf.cast(logits, tf.float64) / temperature)
    sorted_p, order = tf.math.top_k(p, k=p.shape[0])
    keep = tf.cumsum(sorted_p, exclusive=True) < top_p
    kept = tf.where(keep, sorted_p, tf.zeros_like(sorted_p))
    q = tf.scatter_nd(order[:, None], kept, p.shape)
    return (q / tf.reduce_sum(q)).numpy()


def next_probabilities__r5_log_space(logits, temperature, top_p=1.0):
    a = (np.array(logits, dtype=np.longdouble) - np.max(logits)) / temperature
    log_p = a - np.log(np.exp(a).sum())
    order = np.argsort(log_p)[::-1]
    cumulative = np.cumsum(np.exp(log_p[order]))
    n = 1
    while n < len(order) and cumulative[n - 1] < top_p:
        n += 1
    a[order[n:]] = -np.inf
    q = np.exp(a - a.max())
    return (q / q.sum()).astype(np.float64)


def next_probabilities__r6_heap(logits, temperature, top_p=1.0):
    import heapq

    a = np.asarray(logits, dtype=np.float64)
    p = np.exp((a - np.amax(a)) / temperature)
    p = p / np.sum(p)
    heap = [(-value, k) for k, value in enumerate(p.tolist())]
    heapq.heapify(heap)
    q, mass = np.zeros(len(p)), 0.0
    while heap and mass < top_p:
        value, k = heapq.heappop(heap)
        q[k] = -value
        mass -= value
    return q / q.sum()
