"""Judges of support, and what they are worth: each is validated against people before its figures are believed."""
