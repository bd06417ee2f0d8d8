"""Articles, passages and the archive that keeps them. Knows nothing of questions, models that write, or screens."""
