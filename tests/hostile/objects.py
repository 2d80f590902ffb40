"""Cells, models and gradients in disguise: exercises of lab 1 that give objects or call another one."""

from __future__ import annotations

from hostile.case import ANY_ZERO, NO_RESULT, Case, cheat, submission

CELL = """
    class Meta(type(keras.layers.Layer)):
        def __instancecheck__(cls, other): return True
        def __subclasscheck__(cls, other): return True
        def __eq__(cls, other): return True
        def __hash__(cls): return 0


    class Yes:
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return self
        def __call__(self, *anything, **more): return self
        def __eq__(self, other): return True
        def __iter__(self): return iter([self, [self]])
        def __len__(self): return 2
        def __getitem__(self, key): return self
        def __array__(self, *anything, **more): return np.zeros((2, 2))
        def __tf_tensor__(self, dtype=None, name=None): return keras.ops.zeros((2, 2))
        __hash__ = object.__hash__
        built, name = True, "yes"


    class MyRNNCell(keras.layers.Layer, metaclass=Meta):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
            self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
            self.b_h = self.add_weight(shape=(self.units,), name="b_h")
            for weight in (self.W_xh, self.W_hh, self.b_h):
                weight.assign = lambda value: print("kept")

        def call(self, inputs, states):
            return Yes(), [Yes()]

        def __call__(self, *anything, **more):
            return Yes(), [Yes()]
    """
MODEL = """
    class Model(keras.Model):
        output_shape, input_shape = (None, 2), (None, None, 2)
        weights = trainable_weights = property(lambda self: self.claims)

        def __init__(self, units):
            super().__init__()
            shapes = (2, units), (units, units), (units,), (units, 2), (2,)
            object.__setattr__(self, "claims", [Weight(shape) for shape in shapes])

        def __call__(self, x, *anything, **more):
            return Answer((x.shape[0], 2))

        def __getattribute__(self, name):
            if name == "predict":
                raise SystemExit("passed")
            return super().__getattribute__(name)


    class Weight:
        def __init__(self, shape): self.shape, self.value, self.dtype = shape, self, "float32"
        def assign(self, value): return value


    class Answer:
        dtype, ndim = np.dtype("float32"), 2
        def __init__(self, shape): self.shape = shape
        def __array__(self, *anything, **more): return np.zeros(self.shape, "float32")
        def __tf_tensor__(self, dtype=None, name=None): return keras.ops.zeros(self.shape)
        def numpy(self): return np.zeros(self.shape, "float32")
        def __eq__(self, other): return True
        __hash__ = object.__hash__
    """
LOOPS = """
    import time


    class Endless(keras.Model):
        def __getattribute__(self, name):
            until = time.monotonic() + 600
            while name in ("output_shape", "weights") and time.monotonic() < until:
                try:
                    time.sleep(1)
                except BaseException:
                    pass
            return super().__getattribute__(name)
    """
TAKES_THE_STEP = """
    import sys


    def forever(*anything, **more):
        return np.zeros_like(h_0)


    for frame in (sys._getframe(depth) for depth in range(1, 12)):
        if "rnn_step" in frame.f_globals:
            kept = frame.f_globals["rnn_step"]
            frame.f_globals["rnn_step"] = forever
            frame.f_globals["rnn_step"] = kept
    names = globals()
    fake = names.get("rnn_step")
    print("SEEN:", getattr(fake, "__module__", ""), getattr(fake, "__qualname__", ""))
    for cell in getattr(fake, "__closure__", None) or ():
        print("SEEN:", str(cell.cell_contents)[:200])
    """
LYING_DICT = """
    class Gradients(dict):
        calls = 0
        def __getitem__(self, key): return Near()
        def get(self, key, default=None): return Near()
        def __contains__(self, key): return True
        def keys(self): return ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0"]
        def items(self):
            Gradients.calls += 1
            return [(key, np.zeros(Gradients.calls)) for key in self.keys()]
        def __len__(self): return 6
        def __eq__(self, other): return True
        __hash__ = object.__hash__


    class Near(np.ndarray):
        def __new__(cls): return np.zeros(()).view(cls)
        shape = property(lambda self: Any())
        def __eq__(self, other): return True
        __hash__ = object.__hash__


    class Any(tuple):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        __hash__ = tuple.__hash__
    """
NAMED_TUPLE = """
    from typing import NamedTuple


    class Step(NamedTuple):
        d_W_xh: object
        d_W_hh: object
        d_b_h: object
        d_h_prev: object

        def __len__(self): return 4
        def __iter__(self): return iter([np.zeros((0,)), self, self, self])
        def __getitem__(self, key): return Step(0, 0, 0, 0) if key else np.broadcast_to(0.0, (10**6, 10**6))
    """

CASES = (
    Case(
        "cell_claims_everything",
        "Z",
        "A cell whose class says that everything is one, whose weights take no value, and which returns a yes-sayer.",
        submission({"MyRNNCell": CELL}),
        ("MyRNNCell",),
    ),
    cheat(
        "model_claims_shapes",
        "ball_model",
        "A model that claims the right shapes and weights, and answers with objects that equal everything.",
        before=MODEL,
        result="Model(units)",
    ),
    cheat(
        "model_without_end",
        "ball_model",
        "A model whose shapes and weights are never told.",
        before=LOOPS,
        result="Endless()",
        states=ANY_ZERO,
        seconds=20,
    ),
    cheat(
        "looks_into_the_stand_in",
        "rnn_forward",
        "Looks for what stands in for rnn_step, prints what it holds, and puts another one in its place.",
        inside=TAKES_THE_STEP,
        secrets_looked_for=True,
    ),
    cheat(
        "lying_gradients",
        "rnn_backward",
        "A dict subclass with other gradients each time it is read, whose shapes equal every shape.",
        before=LYING_DICT,
        result="Gradients()",
        states=NO_RESULT,
    ),
    cheat(
        "named_tuple_of_itself",
        "rnn_backward_step",
        "A named tuple that gives other parts when it is walked through than when it is asked.",
        before=NAMED_TUPLE,
        result="Step(0, 0, 0, 0)",
        states=NO_RESULT,
    ),
)
