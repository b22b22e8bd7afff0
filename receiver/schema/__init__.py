"""What a report, an event and a place can be: the fields and words that all rooms agree on."""
