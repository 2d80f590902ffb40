"""The version of the kit; labkit's is the same."""

VERSION = "2.0.0"
