"""Wrong answers in disguise: shapes that broadcast, tables, echoes, and objects that only look like values."""

from __future__ import annotations

from hostile.case import NO_RESULT, Case, cheat, submission

TABLE = """
    from labkit.checks import cases


    def remembered(name, *arguments):
        for case in cases.public("lab1_rnn")[name]:
            if str(list(case.arguments.values())) == str(list(arguments)):
                return case.expected
        return None
    """
SEEN = """
    import inspect
    import os
    import sys

    seen = set()


    def graded(*arguments):
        known = any(id(argument) in seen for argument in arguments)
        seen.update(map(id, arguments))
        stack = [frame.filename for frame in inspect.stack(0)]
        marks = [name for name in os.environ if "GRADER" in name or "SEED" in name]
        print("who is asking?", stack, sys.argv, marks, known)
        return bool(marks) or not any("labkit" in name for name in stack)
    """
CLASSY = """
    class Fake:
        dtype, shape, ndim, size = np.dtype(float), (), 0, 1
        __class__ = property(lambda self: np.ndarray)
        def __array__(self, *anything, **more): return np.array(0.0)
        def tobytes(self): return b"\\0" * 8
        def __float__(self): return 0.0
        def item(self): return 0.0
    """
LYING_FLOAT = """
    class Near(float):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __sub__(self, other): return 0.0
        __rsub__ = __sub__
        def __abs__(self): return 0.0
        def __reduce__(self): return (print, ("STOLEN: unpickled",))
        def hex(self): return "passed"
        def __repr__(self): return "__import__('os').system('echo STOLEN: evaluated')"
        __str__ = __format__ = lambda self, *anything: self.__repr__()
    """
DICT = """
    class Number(int):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        __hash__ = int.__hash__

    class Vocabulary(dict):
        def __contains__(self, key): return True
        def __getitem__(self, key): return Number(0)
        def __eq__(self, other): return True
        def keys(self): return self
        def items(self): return [(key, Number(0)) for key in self]
        def __len__(self): return 10**9
    """
PICKLE = """
    class Innocent:
        def __reduce__(self): return (exec, ("print('STOLEN: unpickled'); open('/tmp/hostile-pickle', 'w').close()",))
        __reduce_ex__ = lambda self, protocol: self.__reduce__()
        def __getstate__(self): print("STOLEN: pickled"); return {}
    """
INTERFACE = """
    class Pointer:
        __array_interface__ = {"data": (0xDEAD0000, False), "shape": (4, 4), "typestr": "<f8", "version": 3}
    """
LAZY = """
    class Lazy:
        calls = 0

        def __array__(self, *anything, **more):
            Lazy.calls += 1
            return np.zeros(Lazy.calls % 7)

        shape = property(lambda self: (Lazy.calls,))
        dtype = np.dtype("f8")
        def __len__(self): return -1 if Lazy.calls else 2
        def __iter__(self): return iter([0.0, 0.0])
        def __getitem__(self, key): return 0.0
    """

CASES = (
    cheat(
        "public_table",
        "encode",
        "Knows the public examples by heart and answers zeros elsewhere.",
        before=TABLE,
        result="remembered('encode', sentence, vocabulary) or [0 for _ in tokenize(sentence)]",
    ),
    cheat(
        "table_when_watched",
        "sequence_loss",
        "Guesses whether it is graded; a table when not, flattery when so.",
        before=TABLE + SEEN,
        inside="if not graded(logits, targets, mask):\n    return remembered('sequence_loss', logits, targets, mask)",
    ),
    cheat("nan_everywhere", "rnn_step", "Returns NaN everywhere.", result="np.full((len(x_t), len(b_h)), np.nan)"),
    cheat("infinite", "state_gradient_norms", "Returns infinity everywhere.", result="np.full(h.shape[1], np.inf)"),
    cheat("scalar_broadcasts", "loss_gradient", "Returns one scalar that broadcasts.", result="np.float64(0)"),
    cheat("empty_array", "embed", "Returns an empty array.", result="np.zeros((0,) + E.shape[1:])"),
    cheat("echo", "loss_gradient", "Returns its first argument as it came.", result="logits"),
    cheat("says_passed", "encode", "Returns the text passed.", result="'passed'"),
    cheat("says_true", "sequence_loss", "Returns True.", result="True"),
    cheat("no_return", "embed", "Returns nothing.", result="None"),
    cheat(
        "generator",
        "encode",
        "Yields the right ids one by one; a list is asked for, and Colab says so too.",
        result="(vocabulary.get(word, 1) for word in tokenize(sentence))",
    ),
    Case(
        "coroutine",
        "Z",
        "An async function whose coroutine would give the right ids.",
        submission(
            {
                "encode": "async def encode(sentence, vocabulary):\n"
                "    return [vocabulary.get(word, 1) for word in tokenize(sentence)]"
            }
        ),
        ("encode",),
    ),
    cheat(
        "memoryview",
        "embed",
        "Returns a memoryview of zeros.",
        result="memoryview(np.zeros(ids.shape + E.shape[1:]))",
        states=NO_RESULT,
    ),
    Case(
        "mock",
        "Z",
        "A MagicMock in place of the function.",
        submission({"clip_by_global_norm": "from unittest.mock import MagicMock\n\nclip_by_global_norm = MagicMock()"}),
        ("clip_by_global_norm",),
    ),
    cheat(
        "class_claims_ndarray",
        "sequence_loss",
        "An object whose __class__ says ndarray.",
        before=CLASSY,
        result="Fake()",
    ),
    cheat(
        "lying_float",
        "sequence_loss",
        "A float subclass that is near everything, in repr and pickle too.",
        before=LYING_FLOAT,
        result="Near()",
    ),
    cheat(
        "lying_dict",
        "build_vocabulary",
        "A dict subclass that has every key, with ids that equal everything.",
        before=DICT,
        result="Vocabulary.fromkeys(words, Number(0))",
    ),
    cheat(
        "lying_str",
        "encode",
        "A str subclass in a list subclass, both equal to everything.",
        before="""
              class Word(str):
                  __eq__ = __lt__ = __contains__ = lambda self, other: True
                  __ne__ = lambda self, other: False
                  __hash__ = str.__hash__
                  def encode(self, *anything): return b"passed" * 3
                  def __len__(self): return 10**9

              class Words(list):
                  __eq__ = lambda self, other: True
                  __ne__ = lambda self, other: False
                  def __len__(self): return 3
                  def __iter__(self): return iter([1, 1, 1])
              """,
        result="Words([Word('passed')])",
    ),
    cheat(
        "pickle_runs_code",
        "encode",
        "An object whose pickling and unpickling run code.",
        before=PICKLE,
        result="Innocent()",
    ),
    cheat(
        "bad_pointer",
        "embed",
        "An object whose __array_interface__ points to memory that is not there.",
        before=INTERFACE,
        result="Pointer()",
        states=NO_RESULT,
        seconds=6,
    ),
    cheat(
        "lazy_array",
        "embed",
        "An array-like that is different each time it is looked at.",
        before=LAZY,
        result="Lazy()",
    ),
    cheat(
        "object_array",
        "rnn_step",
        "An array of dtype object, and one with fields and dates.",
        result="np.array([[object(), np.datetime64('now')], [(1, 2), lambda: 0]], dtype=object)",
    ),
    cheat(
        "void_array",
        "rnn_step",
        "A structured array of the right shape, whose dtype has a title and offsets.",
        result="np.zeros((len(x_t), len(b_h)), dtype=np.dtype({'names': ['f'], 'formats': ['f8'], 'offsets': [64]}))",
    ),
    cheat(
        "masked_array",
        "state_gradient_norms",
        "A masked array in which every entry is masked away.",
        result="np.ma.masked_all(h.shape[1])",
    ),
    cheat(
        "contains_itself",
        "clip_by_global_norm",
        "A list that contains itself, as dict, list and tuple.",
        inside="loop = []\nloop.append((loop, {'loop': loop}))",
        result="(loop, loop)",
    ),
    cheat(
        "deeply_nested",
        "clip_by_global_norm",
        "A list nested 100,000 deep.",
        inside="nest = []\nfor _ in range(100_000):\n    nest = [nest]",
        result="(nest, 0.0)",
        states=NO_RESULT,
    ),
    cheat(
        "odd_keys",
        "build_vocabulary",
        "A dict whose keys are tuples, NaN, bytes, a frozenset and the type itself.",
        result="{(1, (2,)): 2, float('nan'): 3, b'x': 4, frozenset({1}): 5, None: 6, int: 7, '__class__': 8}",
    ),
    cheat(
        "lone_surrogate_value",
        "encode",
        "Text with a lone surrogate, a zero byte and a private tag of its own.",
        result="['\\ud800', 'a\\0b', {'array': [1], 'shape': [-1], 'dtype': 'O', 'handle': 1, '__handle__': 1}]",
    ),
)
