"""Where reports are kept: one SQLite file, one thread that writes to it."""
