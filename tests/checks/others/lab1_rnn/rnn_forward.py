import numpy as np

SHOWN = {}


def _args(batch=3, time=5, features=4, units=2, mask=None, seed=0):
    rng = np.random.default_rng(seed)
    d = dict(
        x=rng.normal(size=(batch, time, features)),
        h_0=np.tanh(rng.normal(size=(batch, units))),
        W_xh=rng.normal(size=(features, units)),
        W_hh=rng.normal(size=(units, units)),
        b_h=rng.normal(size=units),
    )
    if mask is not None:
        d["mask"] = np.array(mask, dtype=bool)
    return d


_PADDED = [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]
_HOLES = [[1, 0, 1, 1, 0], [0, 0, 1, 1, 1], [1, 1, 0, 0, 1]]


# ---------------------------------------------------------------- wrong
def rnn_forward__w01_with_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = [h_0]
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], states[-1], W_xh, W_hh, b_h)
        if mask is not None:
            h = np.where(mask[:, t, None], h, states[-1])
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w01_with_h_0"] = ("natural", "h_0 is among the results: time + 1 states", lambda: _args())


def rnn_forward__w02_last_state(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = h_0
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t][:, None], new, h)
    return h


SHOWN["rnn_forward__w02_last_state"] = ("natural", "only the last state is returned", lambda: _args())


def rnn_forward__w03_time_first(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.array(states)


SHOWN["rnn_forward__w03_time_first"] = ("natural", "result is (time, batch, units)", lambda: _args())


def rnn_forward__w04_always_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
    for t in range(x.shape[1]):
        h[:, t] = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        if mask is not None:
            h[:, t] = np.where(mask[:, t, None], h[:, t], h_0)
    return h


SHOWN["rnn_forward__w04_always_h_0"] = (
    "natural",
    "every step starts from h_0, the state is not carried on",
    lambda: _args(),
)


def rnn_forward__w05_masked_is_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None:
            h = h * mask[:, t, None]
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w05_masked_is_zero"] = (
    "natural",
    "a masked step sets the state to zero instead of keeping it",
    lambda: _args(mask=_PADDED),
)


def rnn_forward__w06_first_state_from_the_end(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros(x.shape[:2] + h_0.shape[1:])
    for t in range(x.shape[1]):
        before = h[:, t - 1]
        new = rnn_step(x[:, t], before, W_xh, W_hh, b_h)
        h[:, t] = new if mask is None else np.where(mask[:, t, None], new, before)
    return h


SHOWN["rnn_forward__w06_first_state_from_the_end"] = (
    "natural",
    "h_0 is not used: step 0 starts from h[:, -1], still zero; right for h_0 = 0",
    lambda: _args(),
)


def rnn_forward__w07_mask_keeps_output_only(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        shown = new
        if mask is not None:
            shown = np.where(mask[:, t, None], new, states[-1] if states else h_0)
        states.append(shown)
        h = new
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w07_mask_keeps_output_only"] = (
    "subtle",
    "the state that is carried on ignores the mask: right for padding at the end, wrong where real steps follow a masked one",
    lambda: _args(mask=_HOLES),
)


def rnn_forward__w08_same_array(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.array(h_0, dtype=float)
    states = []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h[:] = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w08_same_array"] = (
    "natural",
    "all entries of the list are the same array: every step shows the last state",
    lambda: _args(),
)


def rnn_forward__w09_changes_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((len(x), x.shape[1], len(b_h)))
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        h_0[...] = new if mask is None else np.where(mask[:, t, None], new, h_0)
        h[:, t] = h_0
    return h


SHOWN["rnn_forward__w09_changes_h_0"] = (
    "use",
    "h_0 of the caller is used as the running state",
    "changes its argument h_0",
)


def rnn_forward__w10_mask_truth(x, h_0, W_xh, W_hh, b_h, mask=None):
    mask = mask or np.ones(x.shape[:2], dtype=bool)
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = np.where(mask[:, t, None], rnn_step(x[:, t], h, W_xh, W_hh, b_h), h)
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w10_mask_truth"] = (
    "use",
    "`mask or ...` asks for the truth of an array: an error with a mask",
    lambda: _args(mask=_PADDED),
)


def rnn_forward__w11_whole_batch(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        if mask is None or mask[:, t].any():
            h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w11_whole_batch"] = (
    "subtle",
    "a step is skipped only where all sequences are masked; right for a batch of 1 or equal lengths",
    lambda: _args(mask=_PADDED),
)


def rnn_forward__w12_mask_along_units(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None:
            new = np.where(mask[:, t], new, h)
        h = new
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w12_mask_along_units"] = (
    "subtle",
    "the mask (batch,) is laid along the units: an error, or silently wrong where batch == units",
    lambda: _args(batch=3, units=3, mask=_PADDED),
)


def rnn_forward__w13_lengths(x, h_0, W_xh, W_hh, b_h, mask=None):
    time = x.shape[1]
    lengths = np.full(len(x), time) if mask is None else mask.sum(axis=1)
    h, states = h_0, []
    for t in range(time):
        h = np.where((t < lengths)[:, None], rnn_step(x[:, t], h, W_xh, W_hh, b_h), h)
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w13_lengths"] = (
    "subtle",
    "the mask is reduced to lengths: right for padding on the right, wrong on the left or with holes",
    lambda: _args(mask=_HOLES),
)


def rnn_forward__w14_dtype_of_x(x, h_0, W_xh, W_hh, b_h, mask=None):
    out = np.empty((x.shape[0], x.shape[1], h_0.shape[1]), dtype=x.dtype)
    h = h_0
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        out[:, t] = h
    return out


SHOWN["rnn_forward__w14_dtype_of_x"] = (
    "subtle",
    "states are stored in the dtype of x: inputs of int (one_hot, ids) cut them to 0",
    lambda: dict(_args(), x=np.random.default_rng(0).integers(0, 2, size=(3, 5, 4))),
)


def rnn_forward__w15_first_step_never_masked(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None and t > 0:
            new = np.where(mask[:, t, None], new, states[t - 1])
        states.append(new)
        h = new
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w15_first_step_never_masked"] = (
    "subtle",
    "a masked first step is computed instead of keeping h_0 (padding on the left)",
    lambda: _args(mask=[[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 1, 1]]),
)


def rnn_forward__w16_input_masked(x, h_0, W_xh, W_hh, b_h, mask=None):
    if mask is not None:
        x = x * mask[:, :, None]
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w16_input_masked"] = (
    "natural",
    "masks the inputs instead of the state, which still moves",
    lambda: _args(mask=_PADDED),
)


_w17_last = {}


def rnn_forward__w17_stateful(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = h_0
    if not np.any(h_0):
        h = _w17_last.get(h_0.shape, h_0)
    states = []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    _w17_last[h_0.shape] = h
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w17_stateful"] = (
    "use",
    "a zero h_0 is replaced by the last state of the call before",
    "the second of two calls with h_0 = 0 starts from the end of the first",
)


def rnn_forward__w18_settled_state(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None:
            new = np.where(mask[:, t, None], new, h)
        elif np.allclose(new, h, atol=1e-6):
            states.extend([new] * (x.shape[1] - t))
            break
        h = new
        states.append(h)
    return np.stack(states, axis=1)


SHOWN["rnn_forward__w18_settled_state"] = (
    "subtle",
    "stops when the state does not move, though later inputs may move it again",
    lambda: dict(
        _args(),
        x=np.concatenate([np.zeros((3, 2, 4)), np.ones((3, 3, 4))], axis=1),
        h_0=np.zeros((3, 2)),
        b_h=np.zeros(2),
    ),
)


_w19_rows = np.zeros((64, 40, 64))


def rnn_forward__w19_shared_table(x, h_0, W_xh, W_hh, b_h, mask=None):
    batch, time, units = x.shape[0], x.shape[1], h_0.shape[1]
    global _w19_rows
    if batch > _w19_rows.shape[0] or time > _w19_rows.shape[1] or units > _w19_rows.shape[2]:
        _w19_rows = np.zeros((batch, time, units))
    out = _w19_rows[:batch, :time, :units]
    h = h_0
    for t in range(time):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        out[:, t] = h
    return out


SHOWN["rnn_forward__w19_shared_table"] = (
    "use",
    "the result is a view of a table which the next call overwrites",
    "the result of the first call changes when the function is called again",
)


def rnn_forward__w20_written_over_x(x, h_0, W_xh, W_hh, b_h, mask=None):
    same_size = x.shape[2] == h_0.shape[1]
    out = x if same_size else np.empty(x.shape[:2] + h_0.shape[1:])
    h = h_0
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        out[:, t] = h
    return out


SHOWN["rnn_forward__w20_written_over_x"] = (
    "use",
    "where features == units the states are written over the inputs of the caller",
    "changes its argument x when features == units",
)


# ---------------------------------------------------------------- right
def rnn_forward__r1_list(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = h_0
    states = []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t, :], h, W_xh, W_hh, b_h)
        if mask is not None:
            h_new = np.where(mask[:, t, np.newaxis], h_new, h)
        h = h_new
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__r2_table(x, h_0, W_xh, W_hh, b_h, mask=None):
    batch, time, _ = x.shape
    h = np.empty((batch, time, W_hh.shape[0]))
    if mask is None:
        mask = np.full((batch, time), True)
    for t in range(time):
        previous = h_0 if t == 0 else h[:, t - 1]
        h[:, t] = previous
        real = mask[:, t]
        h[real, t] = rnn_step(x[real, t], previous[real], W_xh, W_hh, b_h)
    return h


def rnn_forward__r3_accumulate(x, h_0, W_xh, W_hh, b_h, mask=None):
    from itertools import accumulate

    def step(h, t):
        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        return new if mask is None else np.where(mask[:, t : t + 1], new, h)

    states = list(accumulate(range(x.shape[1]), step, initial=h_0))
    return np.stack(states[1:], axis=1)


def rnn_forward__r4_arithmetic(x, h_0, W_xh, W_hh, b_h, mask=None):
    keep = np.ones(x.shape[:2]) if mask is None else mask.astype(float)
    h, states = h_0, []
    for x_t, m in zip(x.transpose(1, 0, 2), keep.T):
        m = m[:, None]
        h = m * rnn_step(x_t, h, W_xh, W_hh, b_h) + (1 - m) * h
        states.append(h)
    return np.array(states).transpose(1, 0, 2)


def rnn_forward__r5_each_sequence(x, h_0, W_xh, W_hh, b_h, mask=None):
    result = []
    for i in range(x.shape[0]):
        h = h_0[i : i + 1]
        row = []
        for t in range(x.shape[1]):
            if mask is None or mask[i, t]:
                h = rnn_step(x[i : i + 1, t], h, W_xh, W_hh, b_h)
            row.append(h[0])
        result.append(row)
    return np.array(result)


def rnn_forward__r6_own_step(x, h_0, W_xh, W_hh, b_h, mask=None):
    projected = np.einsum("btf,fu->btu", x, W_xh) + b_h
    h = np.array(h_0, dtype=np.result_type(projected, float))
    out = np.zeros(projected.shape)
    for t in range(projected.shape[1]):
        new = np.tanh(projected[:, t] + h @ W_hh)
        if mask is not None:
            new[~mask[:, t]] = h[~mask[:, t]]
        out[:, t] = h = new
    return out
