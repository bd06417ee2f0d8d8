"""Question in, verified answer out: retrieval, evidence, writing, citations and checks. No screen."""
