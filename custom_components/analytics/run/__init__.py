"""How this run of the host goes, and how the one before it ended."""
