"""The order in which the bars of a tune are played: repeats, endings, and the parts that P: names.

ABC 2.1, sections 4.8 to 4.10: a section that closes without having been opened goes back to the last double bar, to the
end of the last repeat, or to the beginning. An ending says in which passes it is played. It ends at a double bar or a
repeat sign; where the sign that ends the last one comes at least two bars later than the first ending was long, those
bars are a section of their own. The numbers of the endings say how often a section is played.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labkit.notation import bars

if TYPE_CHECKING:
    from labkit.notation.bars import Bar
    from labkit.notation.tune import Tune

LONGEST = 2000  # bars
MOST = 9  # passes
LONGEST_ORDER = 200  # parts
CLOSING, OPENING, DIVIDING = {":|", "::"}, {"|:", "::"}, {"||", "|]", ":|", "::"}


def played(tune: Tune) -> list[Bar]:
    """List the bars in the order in which they sound."""
    found = bars.split(tune)
    letters = order_of(tune.order)
    if not letters or not tune.parts:
        return _through(found)[:LONGEST]
    first = tune.parts[0][0]
    order = _through([bar for bar in found if bar.events[0].bar < first])
    parts: dict[str, list[Bar]] = {}
    for place, (begin, letter) in enumerate(tune.parts):
        end = tune.parts[place + 1][0] if place + 1 < len(tune.parts) else None
        inside = [bar for bar in found if begin <= bar.events[0].bar and (end is None or bar.events[0].bar < end)]
        parts.setdefault(letter, inside)
    turns = dict.fromkeys(parts, 0)
    for letter in letters:
        if letter in parts and len(order) < LONGEST:
            turns[letter] += 1
            order += _turn(parts[letter], turns[letter], letters.count(letter))
    return order[:LONGEST]


def _turn(part: list[Bar], turn: int, turns: int) -> list[Bar]:
    """List the bars of a part for one of the times that the header plays it: its endings may belong to these times."""
    sections = _sections(part)
    with_endings = [section for section in sections if section.endings]
    if turns > 1 and len(with_endings) == 1:
        return [bar for section in sections for bar in (section.turn(turn) if section.endings else section.played())]
    return [bar for section in sections for bar in section.played()]


def _through(found: list[Bar]) -> list[Bar]:
    order: list[Bar] = []
    for section in _sections(found):
        order += section.played()
        if len(order) >= LONGEST:
            break
    return order


@dataclass
class _Section:
    """Bars that are played together, some times; endings: (place in `bars`, the passes in which it is played)."""

    bars: list[Bar] = field(default_factory=list)
    times: int = 1
    endings: list[tuple[int, frozenset[int]]] = field(default_factory=list)

    def played(self) -> list[Bar]:
        """List the bars in all passes."""
        passes = max([self.times, *(number for _, numbers in self.endings for number in numbers)])
        return [bar for number in range(1, min(passes, MOST) + 1) for bar in self.turn(number)]

    def turn(self, number: int) -> list[Bar]:
        """List the bars in one pass."""
        if not self.endings:
            return self.bars
        found = self.bars[: self.endings[0][0]]
        for place, (begin, numbers) in enumerate(self.endings):
            end = self.endings[place + 1][0] if place + 1 < len(self.endings) else len(self.bars)
            if number in numbers:
                return found + self.bars[begin:end]
        return found

    def rest(self) -> int:
        """Return where the bars begin that come after a last ending as long as the first; the end where none do."""
        if len(self.endings) < 2:
            return len(self.bars)
        end = self.endings[-1][0] + self.endings[1][0] - self.endings[0][0]
        return end if len(self.bars) - end >= 2 else len(self.bars)


def _sections(found: list[Bar]) -> list[_Section]:
    """Divide bars into sections."""
    done: list[_Section] = []
    now, opened = _Section(), False
    for bar in found:
        left, right = (line.sign if line else "" for line in (bar.left, bar.right))
        if now.bars and left in OPENING and not bar.ending:
            done.append(now)
            now, opened = _Section(), False
        opened = opened or left in OPENING
        if bar.ending:
            now.endings.append((len(now.bars), passes(bar.ending)))
        now.bars.append(bar)
        goes_on = bool(bar.right and bar.right.ending)
        if right in CLOSING:
            now.times = max(now.times, *(line.times for line in (now.bars[0].left, bar.right) if line))
        if goes_on or right not in DIVIDING or (opened and right not in CLOSING and not now.endings):
            continue
        rest = now.rest() if right in CLOSING else len(now.bars)
        after = _Section(now.bars[rest:], 2)
        now.bars = now.bars[:rest]
        done += [now, after] if after.bars else [now]
        now, opened = _Section(), False
    return [*done, now]


def passes(ending: str) -> frozenset[int]:
    """Read the numbers of an ending, such as "1", "1,3" or "1-3"."""
    found: set[int] = set()
    for first, last in re.findall(r"([0-9]+)(?:-([0-9]+))?", ending):
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def order_of(value: str) -> str:
    """Read in which order parts are played, such as "AABB", "A2.B2" or "(AB)3"; "" when it is none."""
    stack: list[tuple[str, str]] = [("", "")]  # of each open bracket: what was played, what a number repeats
    for sign in re.findall(r"[A-Za-z()]|\d+|[^.\s]", value):
        played, last = stack.pop()
        if sign == "(":
            stack += [(played + last, ""), ("", "")]
        elif sign == ")" and stack:
            stack[-1] = (stack[-1][0], played + last)
        elif sign.isdigit() and last:
            stack.append((played + last * min(int(sign[:3]), LONGEST_ORDER), ""))
        elif sign.isalpha() and sign.isascii():
            stack.append((played + last, sign))
        else:
            return ""
        if sum(map(len, stack[-1])) > LONGEST_ORDER:
            return ""
    return "".join(stack[0]) if len(stack) == 1 else ""
