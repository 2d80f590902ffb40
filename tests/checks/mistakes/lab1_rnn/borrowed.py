"""Lab 1: exercises that call an earlier one, right ones as cells, and faults to put into the earlier or the later."""

GIVEN = "import numpy as np\n"

RIGHT = {
    "rnn_step": "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)\n",
    "rnn_forward": (
        "def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):\n"
        "    h, states = h_0, []\n"
        "    for t in range(x.shape[1]):\n"
        "        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)\n"
        "        h = new if mask is None else np.where(mask[:, t, None], new, h)\n"
        "        states.append(h)\n"
        "    return np.stack(states, axis=1)\n"
    ),
    "rnn_backward_step": (
        "def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):\n"
        "    d_a = d_h * (1 - h_t**2)\n"
        "    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T\n"
    ),
    "rnn_backward": (
        "def rnn_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):\n"
        "    d = {'W_xh': 0, 'W_hh': 0, 'b_h': 0}\n"
        "    d['W_hy'], d['b_y'] = np.einsum('btu,btv->uv', h, d_logits), d_logits.sum((0, 1))\n"
        "    flow = 0\n"
        "    for t in reversed(range(x.shape[1])):\n"
        "        d_h = d_logits[:, t] @ W_hy.T + flow\n"
        "        before = h[:, t - 1] if t else h_0\n"
        "        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], before, h[:, t], W_hh)\n"
        "        d = d | {'W_xh': d['W_xh'] + d_W_xh, 'W_hh': d['W_hh'] + d_W_hh, 'b_h': d['b_h'] + d_b_h}\n"
        "    return d | {'h_0': flow}\n"
    ),
}

# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    ("rnn_forward", "rnn_step", ("+ b_h)", "+ b_h * 2)")),
    ("rnn_forward", "rnn_step", ("np.tanh", "np.sin")),
    ("rnn_forward", "rnn_step", ("return np.tanh(x_t @ W_xh", "return np.tanh(x_t @ W_xh.T.T.T")),
    ("rnn_backward", "rnn_backward_step", ("1 - h_t**2", "1 - h_t")),
    ("rnn_backward", "rnn_backward_step", ("d_a @ W_hh.T", "d_a @ W_hh")),
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    ("rnn_forward", "rnn_step", ("np.tanh", "np.sin"), ("states.append(h)", "states.append(new)")),
    ("rnn_forward", "rnn_step", ("np.tanh", "np.sin"), ("h, states = h_0", "h, states = h_0 * 0")),
    ("rnn_backward", "rnn_backward_step", ("1 - h_t**2", "1 - h_t"), (" + flow", "")),
    ("rnn_backward", "rnn_backward_step", ("1 - h_t**2", "1 - h_t"), ("else h_0", "else h_0 * 0")),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    ("rnn_forward", "rnn_step", ("rnn_step(x[:, t], h, W_xh, W_hh, b_h)", "np.sin(x[:, t] @ W_xh + h @ W_hh + b_h)")),
    (
        "rnn_backward",
        "rnn_backward_step",
        ("rnn_backward_step(d_h,", "(lambda d, *rest: rnn_backward_step(d * 2, *rest))(d_h,"),
    ),
]
