"""The figures for programs: JSON, CSV, and what those who watch the receiver read."""
