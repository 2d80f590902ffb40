"""Lists the right answers of a lab: `rnn_step__einsum` is a `rnn_step`."""

import inspect
import re

_IMPORT = re.compile(r"(import|from) (keras|tensorflow)")


def listed(*parts):
    """List the right answers in the modules of a lab: name -> function."""
    return {
        name: function
        for part in parts
        for name, function in vars(part).items()
        if inspect.isfunction(function) and function.__module__ == part.__name__ and "__" in name.lstrip("_")
    }


def using_keras(alternatives):
    """Name those that start TensorFlow: they import it, or stand in a module that has it."""
    return {
        name
        for name, function in alternatives.items()
        if "tf" in function.__globals__ or _IMPORT.search(inspect.getsource(function))
    }
