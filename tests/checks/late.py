"""TensorFlow and Keras, imported when something of them is needed: to list wrong and right answers takes none."""

from importlib import import_module


class _Late:
    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        return getattr(import_module(self._module), name)


tf, keras = _Late("tensorflow"), _Late("keras")
