"""Right answers of lab 2, by its parts."""

from checks.alternatives.lab2_music import gates, loss, sampling, text, training, tunes
from checks.alternatives.listed import listed, using_keras

ALTERNATIVES = listed(gates, text, loss, training, sampling, tunes)
USES_KERAS = using_keras(ALTERNATIVES)
