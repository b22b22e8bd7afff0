"""What must not leave: the last look at what is reported, before the journal and the wire."""
