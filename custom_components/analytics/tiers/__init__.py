"""What a report can have: the table of tiers, its words, and the Facts that it is built of."""
