import numpy as np

SHOWN = {}


def _args(batch=3, time=6, features=4, units=5, mask=None, state=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        x=rng.normal(size=(batch, time, features)),
        h_0=rng.normal(size=(batch, units)),
        c_0=state * rng.normal(size=(batch, units)),
        W=rng.normal(size=(features, 4 * units)),
        U=rng.normal(size=(units, 4 * units)),
        b=rng.normal(size=4 * units),
        mask=mask,
    )


_HOLES = np.array([[1, 0, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1]], dtype=bool)
_ENDS = np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1]], dtype=bool)


def lstm_forward__w01_starts_at_zero(x, h_0, c_0, W, U, b, mask=None):
    h, c = np.zeros_like(h_0), np.zeros_like(c_0)
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            m = mask[:, t][:, None]
            h_new, c_new = np.where(m, h_new, h), np.where(m, c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w01_starts_at_zero"] = ("natural", "starts from zeros instead of h_0, c_0", lambda: _args())


def lstm_forward__w02_masked_steps_zero(x, h_0, c_0, W, U, b, mask=None):
    h, c = h_0, c_0
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            m = mask[:, t : t + 1]
            h, c = np.where(m, h_new, h), np.where(m, c_new, c)
            hs.append(h * m)
            cs.append(c * m)
        else:
            h, c = h_new, c_new
            hs.append(h)
            cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w02_masked_steps_zero"] = (
    "natural",
    "shows zeros at masked steps instead of the kept states",
    lambda: _args(mask=_HOLES),
)


def lstm_forward__w03_cell_not_kept(x, h_0, c_0, W, U, b, mask=None):
    h, c = h_0, c_0
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c = lstm_step(x[:, t], h, c, W, U, b)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w03_cell_not_kept"] = ("natural", "keeps h at a masked step, but not c", lambda: _args(mask=_ENDS))


def lstm_forward__w04_mask_unused(x, h_0, c_0, W, U, b, mask=None):
    batch, time, _ = x.shape
    hs = np.zeros((batch, time, h_0.shape[1]))
    cs = np.zeros((batch, time, h_0.shape[1]))
    h, c = h_0, c_0
    for t in range(time):
        h, c = lstm_step(x[:, t, :], h, c, W, U, b)
        hs[:, t], cs[:, t] = h, c
    return hs, cs


SHOWN["lstm_forward__w04_mask_unused"] = ("natural", "does not use the mask", lambda: _args(mask=_ENDS))


def lstm_forward__w05_with_start_without_end(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [h_0], [c_0]
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], hs[-1], cs[-1], W, U, b)
        if mask is not None:
            h = np.where(mask[:, t, None], h, hs[-1])
            c = np.where(mask[:, t, None], c, cs[-1])
        hs.append(h)
        cs.append(c)
    return np.stack(hs[:-1], axis=1), np.stack(cs[:-1], axis=1)


SHOWN["lstm_forward__w05_with_start_without_end"] = (
    "natural",
    "returns h_0..h_{T-1} instead of h_1..h_T",
    lambda: _args(),
)


def lstm_forward__w06_time_major(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new[~mask[:, t]] = h[~mask[:, t]]
            c_new[~mask[:, t]] = c[~mask[:, t]]
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)


SHOWN["lstm_forward__w06_time_major"] = ("natural", "returns (time, batch, units)", lambda: _args())


def lstm_forward__w07_mask_inverted(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            masked = mask[:, t, None]
            h_new, c_new = np.where(masked, h, h_new), np.where(masked, c, c_new)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w07_mask_inverted"] = ("natural", "takes True for a masked step", lambda: _args(mask=_ENDS))


def lstm_forward__w08_cell_not_handed_on(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h = h_0
    for t in range(x.shape[1]):
        h_new, c = lstm_step(x[:, t], h, c_0, W, U, b)
        if mask is not None:
            h_new = np.where(mask[:, t, None], h_new, h)
            c = np.where(mask[:, t, None], c, cs[-1] if cs else c_0)
        h = h_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w08_cell_not_handed_on"] = ("natural", "gives c_0 to every step", lambda: _args())


def lstm_forward__w09_empty_mask_ignored(x, h_0, c_0, W, U, b, mask=None):
    if mask is None or not np.any(mask):
        mask = np.ones(x.shape[:2], dtype=bool)
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        m = mask[:, t, None]
        h, c = np.where(m, h_new, h), np.where(m, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w09_empty_mask_ignored"] = (
    "subtle",
    "takes a mask without any True for no mask",
    lambda: _args(mask=np.zeros((3, 6), dtype=bool)),
)


def lstm_forward__w10_lengths_from_mask(x, h_0, c_0, W, U, b, mask=None):
    batch, time, _ = x.shape
    lengths = np.full(batch, time) if mask is None else mask.sum(axis=1)
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(time):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        alive = (t < lengths)[:, None]
        h, c = np.where(alive, h_new, h), np.where(alive, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w10_lengths_from_mask"] = (
    "subtle",
    "counts the True of each row: wrong for masks with a hole or padding in front",
    lambda: _args(mask=_HOLES),
)


def lstm_forward__w11_dtype_of_x(x, h_0, c_0, W, U, b, mask=None):
    batch, time, _ = x.shape
    hs = np.zeros((batch, time, h_0.shape[1]), dtype=x.dtype)
    cs = np.zeros_like(hs)
    h, c = h_0, c_0
    for t in range(time):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        h, c = h_new, c_new
        hs[:, t] = h
        cs[:, t] = c
    return hs, cs


SHOWN["lstm_forward__w11_dtype_of_x"] = (
    "subtle",
    "results in the dtype of x: integer inputs cut the states to integers",
    lambda: dict(_args(), x=np.random.default_rng(1).integers(-2, 3, size=(3, 6, 4))),
)


def lstm_forward__w12_step_masked_for_all(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        if mask is None or mask[:, t].any():
            h, c = lstm_step(x[:, t], h, c, W, U, b)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w12_step_masked_for_all"] = (
    "subtle",
    "keeps the states only where the whole batch is masked: right for a batch of 1",
    lambda: _args(mask=_ENDS),
)


def lstm_forward__w13_square_mask_turned(x, h_0, c_0, W, U, b, mask=None):
    batch, time, _ = x.shape
    if mask is not None and mask.shape[0] == time:
        mask = mask.T  # (time, batch) -> (batch, time)
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(time):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, [t]], h_new, h), np.where(mask[:, [t]], c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w13_square_mask_turned"] = (
    "subtle",
    "turns the mask when batch equals time",
    lambda: _args(batch=3, time=3, mask=np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=bool)),
)


_w14_last = {}


def lstm_forward__w14_stateful(x, h_0, c_0, W, U, b, mask=None):
    h, c = _w14_last.get(h_0.shape, (h_0, c_0))  # go on where the last batch ended
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    _w14_last[h_0.shape] = (h, c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w14_stateful"] = (
    "use",
    "goes on from the last states of the call before",
    "the second call does not start from its h_0, c_0",
)


def lstm_forward__w15_squeezed(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        h, c = h_new, c_new
        hs.append(h[:, None])
        cs.append(c[:, None])
    return np.concatenate(hs, axis=1).squeeze(), np.concatenate(cs, axis=1).squeeze()


SHOWN["lstm_forward__w15_squeezed"] = (
    "subtle",
    "loses an axis for one step (or a batch of 1, or one unit)",
    lambda: _args(time=1),
)


def lstm_forward__w16_back_to_the_start(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            m = mask[:, t, None]
            h, c = np.where(m, h, h_0), np.where(m, c, c_0)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w16_back_to_the_start"] = (
    "natural",
    "a masked step goes back to h_0, c_0 instead of keeping the last states",
    lambda: _args(mask=_ENDS),
)


def lstm_forward__w17_mask_one_step_early(x, h_0, c_0, W, U, b, mask=None):
    time = x.shape[1]
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(time):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None and t > 0:
            m = mask[:, t - 1, None]
            h_new, c_new = np.where(m, h_new, h), np.where(m, c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w17_mask_one_step_early"] = (
    "natural",
    "uses the mask of the step before",
    lambda: _args(mask=_ENDS),
)


def lstm_forward__w18_mask_from_zeros(x, h_0, c_0, W, U, b, mask=None):
    if mask is None:
        mask = np.any(x != 0, axis=-1)  # like keras.layers.Masking
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h = np.where(mask[:, t, None], h_new, h)
        c = np.where(mask[:, t, None], c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w18_mask_from_zeros"] = (
    "subtle",
    "without a mask it masks the inputs that are zeros",
    lambda: dict(_args(), x=np.zeros((3, 6, 4))),
)


def lstm_forward__w19_writes_into_h_0(x, h_0, c_0, W, U, b, mask=None):
    h, c = h_0, c_0
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        keep = np.zeros(len(x), dtype=bool) if mask is None else ~mask[:, t]
        h[~keep] = h_new[~keep]
        c[~keep] = c_new[~keep]
        hs.append(h.copy())
        cs.append(c.copy())
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w19_writes_into_h_0"] = (
    "use",
    "updates h_0 and c_0 in place",
    "changes its arguments h_0 and c_0",
)


def lstm_forward__w20_truncated(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        if t and t % 25 == 0:
            h, c = h_0, c_0  # truncated backpropagation: chunks of 25 steps
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, 1), np.stack(cs, 1)


SHOWN["lstm_forward__w20_truncated"] = ("subtle", "starts again after every 25 steps", lambda: _args(time=50))


def lstm_forward__r1_lists(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            real = mask[:, t, np.newaxis]
            h_new = np.where(real, h_new, h)
            c_new = np.where(real, c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__r2_filled_arrays(x, h_0, c_0, W, U, b, mask=None):
    batch, time = x.shape[:2]
    units = h_0.shape[1]
    H, C = np.empty((batch, time, units)), np.empty((batch, time, units))
    if mask is None:
        mask = np.ones((batch, time), bool)
    h, c = np.array(h_0, dtype=float), np.array(c_0, dtype=float)
    for t in range(time):
        new_h, new_c = lstm_step(x[:, t, :], h, c, W, U, b)
        real = mask[:, t]
        h[real] = new_h[real]
        c[real] = new_c[real]
        H[:, t], C[:, t] = h, c
    return H, C


def lstm_forward__r3_only_the_real_rows(x, h_0, c_0, W, U, b, mask=None):
    h, c = h_0 * 1.0, c_0 * 1.0
    hs, cs = [], []
    for t, x_t in enumerate(np.swapaxes(x, 0, 1)):
        rows = np.arange(len(x)) if mask is None else np.flatnonzero(mask[:, t])
        if len(rows):
            h, c = h.copy(), c.copy()
            h[rows], c[rows] = lstm_step(x_t[rows], h[rows], c[rows], W, U, b)
        hs.append(h)
        cs.append(c)
    return np.swapaxes(np.array(hs), 0, 1), np.swapaxes(np.array(cs), 0, 1)


def lstm_forward__r4_accumulate(x, h_0, c_0, W, U, b, mask=None):
    from itertools import accumulate

    def walk(state, t):
        new = lstm_step(x[:, t], *state, W, U, b)
        if mask is None:
            return new
        return tuple(np.where(mask[:, t, None], n, old) for n, old in zip(new, state))

    states = list(accumulate(range(x.shape[1]), walk, initial=(h_0, c_0)))[1:]
    hs, cs = zip(*states)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__r5_float_mask(x, h_0, c_0, W, U, b, mask=None):
    batch, time, _ = x.shape
    m = np.ones((batch, time, 1)) if mask is None else mask.astype(float)[:, :, None]
    h, c = h_0, c_0
    out_h, out_c = [], []
    for t in range(time):
        h1, c1 = lstm_step(x[:, t], h, c, W, U, b)
        h = m[:, t] * h1 + (1 - m[:, t]) * h
        c = m[:, t] * c1 + (1 - m[:, t]) * c
        out_h.append(h[:, None, :])
        out_c.append(c[:, None, :])
    return np.concatenate(out_h, axis=1), np.concatenate(out_c, axis=1)


def lstm_forward__r6_one_tune_at_a_time(x, h_0, c_0, W, U, b, mask=None):
    all_h, all_c = [], []
    for k in range(len(x)):
        h, c = h_0[k : k + 1], c_0[k : k + 1]
        hs, cs = [], []
        for t in range(x.shape[1]):
            if mask is None or mask[k, t]:
                h, c = lstm_step(x[k : k + 1, t], h, c, W, U, b)
            hs.append(h[0])
            cs.append(c[0])
        all_h.append(hs)
        all_c.append(cs)
    return np.array(all_h), np.array(all_c)
