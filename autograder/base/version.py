"""The version of the kit; labkit's is the same."""

VERSION = "1.1.0"
