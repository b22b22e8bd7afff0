"""What is allowed: the user's choices by destination, and who was told something so far."""
