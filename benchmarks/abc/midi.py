"""Reads the notes of a MIDI file: as much of the format as abc2midi and verovio write."""

from __future__ import annotations

import struct


def notes(data: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """Return the notes as (begin, end, pitch) in ticks, and how many ticks a quarter note has."""
    _, tracks, per_quarter = struct.unpack(">HHH", data[8:14])
    place, found = 14, []
    for _ in range(tracks):
        size = struct.unpack(">I", data[place + 4 : place + 8])[0]
        found += _track(data[place + 8 : place + 8 + size])
        place += 8 + size
    return sorted(found), per_quarter


def _track(data: bytes) -> list[tuple[int, int, int]]:
    place, time, status = 0, 0, 0
    open_: dict[tuple[int, int], list[int]] = {}
    found: list[tuple[int, int, int]] = []
    while place < len(data):
        delta, place = _number(data, place)
        time += delta
        if data[place] & 0x80:
            status, place = data[place], place + 1
        if status == 0xFF or status in {0xF0, 0xF7}:
            place += status == 0xFF
            size, place = _number(data, place)
            place += size
            continue
        kind, channel = status >> 4, status & 15
        first = data[place]
        loud = data[place + 1] if kind not in {0xC, 0xD} else 0
        place += 1 if kind in {0xC, 0xD} else 2
        if kind == 9 and loud:
            open_.setdefault((channel, first), []).append(time)
        elif kind in {8, 9} and open_.get((channel, first)):
            found.append((open_[channel, first].pop(0), time, first))
    return found


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Read a number of variable length; return it and the place after it."""
    value = 0
    while True:
        byte = data[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, place
