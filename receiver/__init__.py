"""A receiver of Home Assistant's reports, and a public dashboard of sums only."""
