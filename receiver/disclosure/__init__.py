"""Counts into figures: what of them may be seen."""
