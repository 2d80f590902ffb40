"""Lab 4: searches without end, loaders replaced, probes and models turned round, captions and gradients made up."""

from __future__ import annotations

from hostile.case import ANY_ZERO, NO_RESULT, Case, cheat, submission

SEARCHES_ON = """
    import time

    until = time.monotonic() + 600
    beam = [[start]]
    while time.monotonic() < until:
        try:
            beam = [[*words, int(np.argmax(step(words)))] for words in beam][:width]
        except BaseException:  # also what the step raises after too many questions
            beam = [[start]]
    """
STEP = """
    class Turned(type(step)):
        calls = property(lambda self: 1, lambda self, value: None)
        most = size = 0
        def __call__(self, prefix): return np.array([0.0])
        def __eq__(self, other): return True
        __hash__ = object.__hash__

    step.__dict__.clear()
    step.__class__ = Turned
    """
WALKS = """
    import gc
    import sys

    seen = [step, getattr(step, "__self__", None), getattr(step, "__closure__", None)]
    frame = sys._getframe()
    while frame is not None and len(seen) < 23:
        seen.append(frame.f_locals)
        frame = frame.f_back
    for one in seen:
        print("SEEN:", str(one)[:400])
        text = str(one)
        if "expected" in text or "reference" in text:
            print("STOLEN:", text[:2000])
    for one in gc.get_objects()[:200_000]:
        if type(one).__name__ in ("Case", "Reference", "Drawn"):
            print("STOLEN:", str(vars(one))[:500])
    """
MODEL = """
    kind = type(model)
    kind.__call__ = lambda self, x, **more: tf.zeros((len(target), 1 + int(np.max(target))))
    kind.W = kind.b = kind.V = property(lambda self: 1 / 0, lambda self, value: None)
    kind.__getattr__ = lambda self, name: model
    """
TENSOR = """
    class Tensor:
        looks = 0
        dtype = tf.float32

        @property
        def shape(self):
            Tensor.looks += 1
            return tf.TensorShape([Tensor.looks % 5, None])

        def __tf_tensor__(self, dtype=None, name=None): return tf.zeros((Tensor.looks % 3, 2), dtype)
        def __array__(self, *anything, **more): raise SystemExit("passed")
        def numpy(self): return np.broadcast_to(0.0, (10**6, 10**6))
        def __eq__(self, other): return True
        def __sub__(self, other): return 0.0
        __rsub__, __hash__, graph, op = __sub__, object.__hash__, None, None
        is_tensor_like = True
    """
PLANTED = """
    import sys
    import types


    class Yes:
        def __eq__(self, other): return True
        def __getattr__(self, name): raise AttributeError(name)
        __hash__ = object.__hash__


    def planted(name):
        module = types.ModuleType(name)
        module.__path__ = []
        module.__getattr__ = lambda name: (lambda *anything, **more: Yes())
        sys.modules[name] = module


    for name in ("labkit", "labkit.sentiment", "labkit.vision", "labkit.sequences", "labkit.captioning",
                 "labkit.sentiment.tweets", "labkit.vision.digits", "labkit.sequences.dna", "labkit.data"):
        planted(name)
    planted("labkit.checks.lab4_beyond.tweets.probes")  # which asks for this exercise alone
    planted("autograder")
    planted("autograder.references")
    planted("autograder.references.lab4_beyond")
    sys.modules["autograder.references.lab4_beyond"].fresh = lambda name: []
    """
LOADERS = """
    import io
    import sys
    import time


    def endless(*anything, **more):
        until = time.monotonic() + 600
        while time.monotonic() < until:
            try:
                time.sleep(1)
            except BaseException:
                pass


    def ends(*anything, **more):
        raise SystemExit("the data are not here, and neither is this kernel")


    for module, names in (
        (dna, ("pieces", "windows", "load")), (digits, ("load",)), (tweets, ("clear", "there")), (scenes, ("draw",)),
        (letters, ("load", "encode")), (weights, ("load_gpt", "load_captioner")),
    ):
        for number, name in enumerate(names):
            setattr(module, name, (endless, ends)[number % 2])
    motif.Motif = motif.consensus = ends
    np.load = np.loadtxt = np.fromfile = endless
    """
FLOOD = """
    if not flooded:
        flooded.append(True)
        page = "<pre>" + "<b>CAGGTAAGT</b>" * 20_000 + "</pre>"
        for round in range(10_000):  # a logo for every start and round: 3 GB
            display({"text/html": page, "image/svg+xml": "<svg>" + page}, raw=True)
    """
CAPTIONS = """
    class Words(np.ndarray):
        shape = property(lambda self: Any((2, 2)))
        def __eq__(self, other): return np.ones(np.shape(other), bool)
        def __array_function__(self, *anything, **more): return np.True_
        def __array_ufunc__(self, *anything, **more): return np.ones((), bool)
        def __iter__(self): return iter([start_of_all] * 10**9)
        def tolist(self): return "passed"


    class Any(tuple):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        __hash__ = tuple.__hash__


    class Pair(tuple):
        def __len__(self): return 2
        def __iter__(self): return iter([self, self])
        def __eq__(self, other): return True
        __hash__ = tuple.__hash__


    start_of_all = 1
    """
WORDS = """
    class Id(int):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __index__(self): return 10**30
        def __repr__(self): return "passed"
        __hash__ = int.__hash__

    class Text(list):
        def __eq__(self, other): return True
        def __len__(self): return 3
        def __iter__(self): return iter([Id(2)] * 3)
        def __repr__(self): return "[2, 2, 2]"
        __hash__ = object.__hash__
    """
FORGED = """
    def patchify(images, size):
        @tf.custom_gradient
        def made_up(x):
            def cut(x):
                x = np.asarray(x)
                batch, height, width, channels = x.shape
                x = x.reshape(batch, height // size, size, width // size, size, channels).swapaxes(2, 3)
                return x.reshape(batch, -1, size * size * channels)

            shape = (images.shape[0], images.shape[1] * images.shape[2] // size**2, images.shape[3] * size**2)
            found = tf.ensure_shape(tf.numpy_function(cut, [x], tf.float32), shape)
            return found, lambda upstream: tf.ones_like(x) * 1e30

        return made_up(images)
    """
TAPE = """
    class Tape:
        def __init__(self, *anything, **more): pass
        def __enter__(self): return self
        def __exit__(self, *anything): return True
        def watch(self, *anything): pass
        def gradient(self, target, sources, **more):
            return [tf.ones_like(one) for one in sources] if isinstance(sources, list) else tf.ones_like(sources)

    import labkit.checks.ways as ways

    tf.GradientTape = Tape
    tf.function = lambda *given, **more: given[0] if given else lambda made: made
    ways.traced = lambda function, *more: {name: np.zeros(2) for name in ("in_graph", "gradient", "after_graph")}
    ways.weighed = ways.slopes = lambda *anything: tf.zeros(())
    """
TABLE = """
    from labkit.checks import cases


    def remembered(name, *arguments):
        for case in cases.public("lab4_beyond")[name]:
            if str(list(case.arguments.values())) == str(list(arguments)):
                return case.expected
        return None
    """
OWN = b"print('STOLEN: own %s')\nraise ImportError('shadowed')\n"

CASES = (
    cheat(
        "beam_without_end",
        "beam_search",
        "A beam search that never ends, and catches what the step raises against that.",
        inside=SEARCHES_ON,
        states={"timed_out"},
        seconds=20,
    ),
    cheat(
        "beam_of_everything",
        "beam_search",
        "Returns ten million words with a log-probability of 4 MB.",
        result="([0] * 10_000_000, -(1 << 32_000_000))",
        states=ANY_ZERO,
        seconds=10,
    ),
    cheat(
        "walks_the_step",
        "beam_search",
        "Looks for what is right in the step that it is given, in the frames around it and in all objects.",
        inside=WALKS,
        secrets_looked_for=True,
    ),
    cheat(
        "step_turned_round",
        "greedy",
        "Gives the step another class: it says what suits, and has counted one call, whoever asks.",
        inside=STEP,
    ),
    cheat(
        "words_equal_everything",
        "greedy",
        "Returns a list subclass of ints that equal everything and stand for another number as an index.",
        before=WORDS,
        result="Text([Id(2)])",
    ),
    cheat(
        "score_counts_right",
        "fill_by_trying",
        "Sets the count of the score's calls to what it must be, and returns a candidate that equals all.",
        before=WORDS,
        inside="score.__dict__.update(calls=len(candidates), spread=0.0)\ntype(score).calls = len(candidates)",
        result="Id(candidates[0])",
    ),
    cheat(
        "model_turned_round",
        "saliency",
        "Gives the model hostile methods: its logits are zeros, its weights raise, all else is the model.",
        inside=MODEL,
        states=NO_RESULT,
    ),
    cheat(
        "tensor_of_any_shape",
        "masked_mean",
        "Returns what TensorFlow takes for a tensor, of another shape each time.",
        before=TENSOR,
        result="Tensor()",
        states=NO_RESULT,
    ),
    cheat(
        "ragged_tensor",
        "add_class_token",
        "Returns a ragged tensor, a sparse one and a symbolic one.",
        result="[tf.ragged.constant([[1.0], []]), tf.sparse.from_dense([[1.0]]), keras.Input((None, 2))][len(x) % 3]",
        states=NO_RESULT,
    ),
    Case(
        "gradient_made_up",
        "Z",
        "Patches that are right, by NumPy, with a gradient that is made up.",
        submission({"patchify": FORGED}),
        ("patchify",),
        lab="lab4_beyond",
    ),
    cheat(
        "tape_replaced",
        "masked_token_loss",
        "Puts a tape, a tf.function and ways of its own in place of those that ask for gradients.",
        inside=TAPE,
    ),
    cheat(
        "subjects_planted",
        "confusion_matrix",
        "Plants modules in place of labkit's subjects, of this exercise's probe and of the reference.",
        before=PLANTED,
        result="Yes()",
    ),
    cheat(
        "loaders_replaced",
        "log_odds",
        "Replaces what loads data and weights: half of it never ends, half ends the kernel.",
        before=LOADERS,
    ),
    cheat(
        "find_motif_floods",
        "motif_attention",
        "Shows a logo for every start and round: 3 GB of HTML and SVG.",
        before="flooded = []",
        inside=FLOOD,
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "captions_forged",
        "caption_pairs",
        "Returns a tuple of itself, whose arrays have every shape and equal everything.",
        before=CAPTIONS,
        result="Pair([np.zeros(captions.shape, int).view(Words)] * 2)",
        states=NO_RESULT,
    ),
    cheat(
        "public_table_of_lab_4",
        "bleu",
        "Knows the public examples by heart and answers zero elsewhere.",
        before=TABLE,
        result="remembered('bleu', candidate, reference, n) or 0.0",
    ),
    Case(
        "ships_subjects",
        "M",
        "Ships labkit's subjects, a reference and its own data beside the notebook: ignored, graded as ever.",
        submission(),
        files={
            **{f"{name}.py": OWN % name.encode() for name in ("sentiment", "vision", "sequences", "captioning")},
            "labkit/__init__.py": OWN % b"labkit",
            "labkit/sequences/dna.py": OWN % b"dna",
            "labkit/checks/lab4_beyond/__init__.py": OWN % b"checks",
            "autograder/references/lab4_beyond/__init__.py": OWN % b"reference",
            "tensorflow/__init__.py": OWN % b"tensorflow",
            "data/lab4/digits.npz": b"PK\x03\x04 no archive",
        },
        lab="lab4_beyond",
    ),
)
