"""Tunes to see and hear: the engraved score with its beams, a piano-roll, sound, a page to share.

In: a tune as ABC text, right or wrong; wrong bars are marked.
Out: SVG scores (mei.py says what is drawn, verovio draws it), pictures, players, WAV and MIDI files, an HTML page.
"""
