"""Rows into counts, which nobody may see yet: one pass, in a process of its own."""
