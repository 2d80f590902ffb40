"""One submission."""
