"""The life of an installation: events at starts, at stops, and after a crash."""
