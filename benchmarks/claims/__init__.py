"""What the labs say, computed: a function for each claim of solutions/<lab>/claims.toml, one module a lab.

In: the lab's own cells, labkit, and grids (trainings by seed, shipped as JSON).
Out: numbers, which `python -m benchmarks.claims` holds to the table; `python -m benchmarks.claims.grids` makes grids.
"""
