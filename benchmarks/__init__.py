"""Side-by-side measurements against what a user would pick instead; benchmarks/README.md documents each."""
