"""How sure a figure is, whether two runs differ, and what a set of this size could tell at all."""
