"""Right answers of lab 3, by its parts."""

from checks.alternatives.lab3_attention import attention, block, heads, masks, similarity, whole
from checks.alternatives.listed import listed, using_keras

ALTERNATIVES = listed(similarity, attention, masks, heads, block, whole)
USES_KERAS = using_keras(ALTERNATIVES)
