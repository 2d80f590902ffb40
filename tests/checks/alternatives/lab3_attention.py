"""Right answers of lab 3, written as differently as students write them: those of its three parts."""

from checks.alternatives import lab3_block, lab3_heads, lab3_search

_PARTS = (lab3_search, lab3_heads, lab3_block)
ALTERNATIVES = {name: function for part in _PARTS for name, function in part.ALTERNATIVES.items()}
USES_KERAS = {name for part in _PARTS for name in part.USES_KERAS}
