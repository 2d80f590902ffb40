"""Public checks, one module per lab; `compare` is what they share. They say what is wrong, never the code."""
