"""The figures for people: pages that the server renders."""
