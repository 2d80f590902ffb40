"""Tunes in ABC notation: read strictly, each bar judged, written in the course's one way; the folk tunes.

In: ABC text, and the ABC files inside the installed music21.
Out: tunes (events, bar lines, what is wrong with them), canonical text, and the collection by families and parts.
"""
