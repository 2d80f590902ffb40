"""TensorFlow, imported when something of it is needed: to list wrong and right answers takes none."""

from importlib import import_module


class _Late:
    def __getattr__(self, name):
        return getattr(import_module("tensorflow"), name)


tf = _Late()
