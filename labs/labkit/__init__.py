"""The helper package of the deep sequence modeling labs: data, pictures, checks."""

__version__ = "1.1.0"


def submit_check() -> None:
    """Look at the notebook before it is handed in: see `labkit.submit`."""
    from labkit import submit

    submit.submit_check()
