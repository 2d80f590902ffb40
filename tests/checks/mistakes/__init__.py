"""The classic wrong answers, as students write them: a package for each lab, with `MISTAKES` and `BORROWED`."""
