"""What each misconception about a cache computes: misconception -> formula, for attend_next of lab 3.

See steps_wrong: a formula is the right function with one thing changed.
"""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.references.lab3_attention.heads.steps_wrong import (
    Array,
    Formula,
    all_rounded,
    attend,
    merge,
    project,
    split,
)


def _following(
    x_t: Array,
    keys: Array,
    values: Array,
    W_q: Array,
    W_k: Array,
    W_v: Array,
    W_o: Array,
    num_heads: int,
    **change: Any,
) -> Any:
    """Compute attend_next with some lines changed: what is attended to, and what comes back."""
    get = change.get
    new = tuple(split(one, num_heads) for one in get("project", project)(x_t, x_t, W_q, W_k, W_v, W_o))
    join = get("join", lambda old, one: np.concatenate([old, one], axis=2))
    long = join(keys, new[1]), join(values, new[2])
    seen = get("attend", lambda old, new, long: long)((keys, values), new[1:], long)
    output, _ = attend(new[0], seen[0], seen[1], get("hidden", lambda length: None)(seen[0].shape[2]), **change)
    output = get("out", lambda output, W_o: output @ W_o)(merge(output), W_o)
    kept = get("keep", lambda old, new, long: long)((keys, values), new[1:], long)
    return get("give", lambda output, keys, values: (output, keys, values))(output, *kept)


_OLD: Formula = lambda old, new, long: old  # noqa: E731
_NEW: Formula = lambda old, new, long: new  # noqa: E731
_SWAP: Formula = lambda old, new, long: long[::-1]  # noqa: E731

_CHANGES: dict[str, dict[str, Any]] = {
    "only_output": {"give": lambda output, keys, values: output},
    "order": {"give": lambda output, keys, values: (keys, values, output)},
    "swapped": {"keep": _SWAP},
    "swapped/attended": {"attend": _SWAP},
    "swapped/both": {"attend": _SWAP, "keep": _SWAP},
    "swapped/matrices": {"project": lambda x, m, q, k, v, o: (x @ q, m @ v, m @ k)},
    "not_appended": {"attend": _OLD, "keep": _OLD},
    "past_only": {"attend": _OLD},
    "cache_unchanged": {"keep": _OLD},
    "only_itself": {"attend": _NEW},
    "only_new_kept": {"keep": _NEW},
    "only_new_kept/attended": {"attend": _NEW, "keep": _NEW},
    "at_the_front": {"join": lambda old, one: np.concatenate([one, old], axis=2)},
    "in_the_batch": {"join": lambda old, one: np.concatenate([old, one], axis=0)},
    "in_the_batch/not_attended": {
        "join": lambda old, one: np.concatenate([old, one], axis=0),
        "attend": _OLD,
    },
    "cache_merged": {"give": lambda output, keys, values: (output, merge(keys), merge(values))},
    "causal": {"hidden": lambda length: np.tril(np.ones((length, length), dtype=bool))},
    "no_W_o": {"out": lambda output, W_o: output},
    "no_matrices": {"project": lambda x, m, q, k, v, o: (x @ q, m, m)},
    "v_is_k": {"project": lambda x, m, q, k, v, o: (x @ q, m @ k, m @ k)},
    "q_k_swapped": {"project": lambda x, m, q, k, v, o: (x @ k, m @ q, m @ v)},
    "scale_d_model": {"scale": lambda width, heads: (width * heads) ** -0.5},
    "no_scale": {"scale": lambda width, heads: 1.0},
}

NEXT = all_rounded({key: partial(_following, **change) for key, change in _CHANGES.items()})
