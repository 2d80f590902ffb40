"""Errors and arguments as weapons: texts without end, names of a megabyte, questions changed in place."""

from __future__ import annotations

from hostile.case import NO_RESULT, cheat
from hostile.values import LYING_FLOAT

CASES = (
    cheat(
        "shrinks_the_question",
        "rnn_step",
        "Zeroes its arguments in place, so that zero would be the right answer.",
        inside="for one in (x_t, h_prev, W_xh, W_hh, b_h):\n    one[...] = 0",
    ),
    cheat(
        "resizes_the_question",
        "sequence_loss",
        "Resizes, retypes and freezes its arguments in place.",
        inside="""
              for one in (logits, targets, mask):
                  try:
                      one.resize((1,) * one.ndim, refcheck=False)
                      one.dtype = np.uint8
                      one.flags.writeable = False
                  except Exception as error:
                      print(error)
              """,
        states=NO_RESULT,
    ),
    cheat(
        "argument_as_trap",
        "clip_by_global_norm",
        "Puts lying objects into the list that it was given.",
        before=LYING_FLOAT,
        inside="gradients[:] = [Near()] * 3\ngradients.append(gradients)",
        result="(gradients, Near())",
    ),
    cheat(
        "error_without_end",
        "embed",
        "Raises an error whose text never ends.",
        before="""
              import time

              class Endless(Exception):
                  def __str__(self):
                      until = time.monotonic() + 600
                      while time.monotonic() < until:
                          try:
                              time.sleep(1)
                          except BaseException:
                              pass
                      return "passed"
                  __repr__ = __str__
              """,
        inside="raise Endless",
        states={"failed", "timed_out"},
        seconds=20,
    ),
    cheat(
        "error_that_raises",
        "encode",
        "Raises an error whose text, type name and attributes raise in turn.",
        before="""
              class Meta(type):
                  __name__ = property(lambda cls: 1 / 0)
                  __str__ = __repr__ = lambda cls: 1 / 0

              class Bad(Exception, metaclass=Meta):
                  def __str__(self): raise self
                  __repr__ = __str__
                  args = __traceback__ = __cause__ = property(lambda self: 1 / 0)
              """,
        inside="raise Bad",
        states=NO_RESULT,
    ),
    cheat(
        "error_huge",
        "loss_gradient",
        "Raises an error of 50 MB with a type name of 1 MB.",
        inside="raise type('E' * 1_000_000, (Exception,), {})('passed ' * 7_000_000)",
        states=NO_RESULT,
        seconds=5,
    ),
    cheat(
        "error_not_an_exception",
        "embed",
        "Raises a BaseException of its own, KeyboardInterrupt and GeneratorExit.",
        inside="""
              class Beyond(KeyboardInterrupt, GeneratorExit):
                  pass
              raise Beyond("passed")
              """,
        states=NO_RESULT,
    ),
)
