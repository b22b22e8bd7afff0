"""Figures when it is time: made by the process that counts, kept, and shown until the next ones."""
