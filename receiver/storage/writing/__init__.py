"""The side of the storage that writes: one thread, one commit for all that waits."""
