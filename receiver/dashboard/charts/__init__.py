"""What pages show numbers by: lines, bars, ranges, a map, and how numbers and names are written."""
