"""Datasets as files: articles, questions with their evidence, claims and quotations, and loaders for public sets."""
