"""The helper package of the deep sequence modeling labs: data, pictures, checks."""

__version__ = "0.1.0"
