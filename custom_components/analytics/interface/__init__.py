"""How the interface is used: counted by name and day while that is shared, and not otherwise."""
