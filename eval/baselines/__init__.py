"""Systems that keep the figures honest: each in the same table as the product."""
