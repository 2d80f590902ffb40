"""Training in a notebook: a fit within a time budget, its progress, and experiments that wait for an exercise.

In: a model with the step of its training and its batches, a number of minutes, and LABKIT_BUDGET.
Out: the weights that were best, a curve; where an exercise is not done yet, a sentence in place of an error.
"""

from labkit.training.experiments import missing_exercise, needs
from labkit.training.fitting import Fit, buckets, fit
from labkit.training.kept import Kept
from labkit.training.progress import Progress, bar, live
from labkit.training.time_budget import budget, scaled

__all__ = ["Fit", "Kept", "Progress", "bar", "buckets", "budget", "fit", "live", "missing_exercise", "needs", "scaled"]
