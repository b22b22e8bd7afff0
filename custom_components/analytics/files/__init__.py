"""How files of ours are kept: replaced whole, and never in the way when they can't be read."""
