"""Whose code a file is, and what of it is public."""
