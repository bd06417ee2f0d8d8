"""Datasets, runs, measures and gates. Nothing here is needed to answer a question."""
