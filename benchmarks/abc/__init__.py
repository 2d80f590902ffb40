"""Five programs read the same tune in ABC: ours, abc2midi, abcjs, verovio and music21 (docs/abc.md says what came out).

In: ABC text. Out: the notes that each program plays, as tables.
"""
