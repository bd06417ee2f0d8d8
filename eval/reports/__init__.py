"""Scores for people: a table on the terminal, Markdown, and one HTML file that needs no other host."""
