"""What an operator can choose: read at the start, told to every room that asks."""
