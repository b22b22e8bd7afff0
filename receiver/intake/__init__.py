"""A request, from its bytes to a row that is on the disk, or to the reason why it is not."""
