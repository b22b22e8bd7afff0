"""Made-up homes, the same for each seed, that report to a receiver over three months."""
