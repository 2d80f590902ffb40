"""The adversarial submissions: one small notebook builder per case; `corpus.CASES` lists them all."""
