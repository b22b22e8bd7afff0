"""Counts into figures: what of them may be seen."""

from .extended import LEVELS
from .figures import TYPES, Figures, coarsen, nothing, publish

__all__ = ["LEVELS", "TYPES", "Figures", "coarsen", "nothing", "publish"]
