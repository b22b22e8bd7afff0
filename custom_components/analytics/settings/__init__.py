"""What operator and user set: where things go, when, and which addresses can be used."""
