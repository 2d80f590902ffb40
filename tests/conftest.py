"""How Hypothesis looks for counterexamples: the same ones each day, new ones in `make test-thorough`."""

from hypothesis import HealthCheck, settings

# No example is late: how long one takes says more of a busy machine than of the code.
settings.register_profile(
    "daily", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daily")
