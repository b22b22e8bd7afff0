"""How it leaves: written down, logged, and through the one gate; and when to try again."""
