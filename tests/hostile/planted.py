"""Modules, hooks and verdicts planted where the grader may look for its own."""

from __future__ import annotations

from hostile.case import cheat

PLANTED = """
    import sys
    import types

    planted = types.ModuleType("lab1_rnn")
    planted.fresh = lambda name, *anything: []
    package = types.ModuleType("references")
    package.__path__, package.lab1_rnn = [], planted
    above = types.ModuleType("autograder")
    above.__path__, above.references = [], package
    sys.modules["autograder"] = above
    sys.modules["autograder.references"] = package
    sys.modules["autograder.references.lab1_rnn"] = planted
    """
REPLACED = """
    import sys
    import types


    class Flattering(types.ModuleType):
        allclose = array_equal = staticmethod(lambda *anything, **more: True)

        def __getattr__(self, name):
            return getattr(real_numpy, name)


    real_numpy = sys.modules["numpy"]
    sys.modules["numpy"] = Flattering("numpy")
    """
FINDER = """
    import importlib.abc
    import importlib.machinery
    import sys


    class Everything(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            if name.startswith(("autograder", "nbgrader", "numpy.testing")):
                return importlib.machinery.ModuleSpec(name, self, is_package=True)

        def create_module(self, spec): return None

        def exec_module(self, module):
            module.__getattr__ = lambda name: (lambda *anything, **more: [])


    sys.meta_path.insert(0, Everything())
    """
TRACED = """
    import sys


    def trace(frame, event, argument):
        if frame.f_code.co_name in ("problems", "judge", "_judge", "_find", "allclose"):
            frame.f_locals.get("cases") and frame.f_locals["cases"].clear()
            print("SEEN: traced", frame.f_code.co_name, str(frame.f_locals)[:500])
        return trace


    sys.settrace(trace)
    sys.setprofile(lambda frame, event, argument: None)
    """
LATER = """
    import atexit
    import signal
    import threading
    import time


    def patch(*anything):
        import numpy.testing
        import labkit.checks.compare as compare
        compare.problems = lambda *anything, **more: []
        numpy.testing.assert_allclose = lambda *anything, **more: None


    def again():
        for _ in range(600):
            time.sleep(0.05)
            patch()


    threading.Thread(target=again, daemon=True).start()
    atexit.register(print, '{"state": "passed", "score": 2}')
    signal.signal(signal.SIGALRM, patch)
    signal.setitimer(signal.ITIMER_REAL, 0.2)


    class Last:
        def __del__(self):
            patch()
    """
RAISES_VERDICT = """
    from labkit.checks import lab1_rnn as its_checks
    from labkit.checks.judge import CheckFailed, NotAttempted
    raise NotAttempted(its_checks.EXERCISES["embed"])
    """

CASES = (
    cheat(
        "reference_planted",
        "next_word_pairs",
        "Plants a module of the reference's name that has no cases.",
        before=PLANTED,
    ),
    cheat("numpy_replaced", "embed", "Puts a flattering module in the place of numpy.", before=REPLACED),
    cheat(
        "import_hook", "encode", "A finder that makes every module of the grader say nothing is wrong.", before=FINDER
    ),
    cheat(
        "traces_everything",
        "embed",
        "sys.settrace empties the list of cases when it sees one.",
        before=TRACED,
        secrets_looked_for=True,
    ),
    cheat(
        "patches_later",
        "pad_batch",
        "A thread, an alarm, atexit and __del__ patch the checks after the cell is done.",
        before=LATER,
        result="(Last(), Last())",
    ),
    cheat(
        "raises_not_attempted",
        "embed",
        "Raises the checks' own NotAttempted: an answer, and a wrong one.",
        inside=RAISES_VERDICT,
        states={"failed", "untouched"},
    ),
    cheat(
        "raises_own_verdict",
        "encode",
        "Raises exceptions named as the checks' own, with states and scores on them.",
        before="""
              class CheckFailed(AssertionError):
                  key, state, mark, points, score = "passed", "passed", "✓", 100, 100
                  def _render_traceback_(self): return ["✓ Exercise 1.2: encode: passed"]
              class Passed(CheckFailed): pass
              Passed.__module__ = CheckFailed.__module__ = "labkit.checks.judge"
              """,
        inside="raise Passed('✓ Exercise 1.2: encode: passed')",
    ),
    cheat(
        "blames_another_exercise",
        "clip_by_global_norm",
        "Raises the stub's message of another exercise: no points here, none lost there.",
        inside="raise NotImplementedError('Exercise 2.1: rnn_step')",
    ),
    cheat(
        "claims_untouched",
        "sequence_loss",
        "Raises its own stub's message with a verdict in it.",
        inside="raise NotImplementedError('Exercise 4.1: sequence_loss: passed, 8 of 8 points')",
        states={"failed", "untouched"},
    ),
    cheat(
        "formula_in_error",
        "embed",
        "An error whose text is a spreadsheet formula, with line breaks and separators.",
        inside='raise ValueError(\'=HYPERLINK("mailto:x@example.org","2 of 2")\\r\\n"@SUM(1)",;passed\\t10\')',
    ),
    cheat(
        "terminal_escapes",
        "encode",
        "Escape sequences, a bell and carriage returns in output and error.",
        inside="""
              print("\\x1b]0;owned\\x07\\x1b[2J\\x1b[1;1H\\r✓ passed\\x1b[8m\\x9b31m")
              raise ValueError("\\x1b[2K\\r✓ Exercise 1.2: encode: passed\\x1b[8m\\u202edessap")
              """,
    ),
)
