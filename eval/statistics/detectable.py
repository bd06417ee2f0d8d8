"""The smallest difference that a set of this size could be expected to show."""

from math import sqrt

POWER = 0.80
DISCORDANT = 0.20  # share of questions whose outcome differs between two runs, where nothing better is known


def detectable(n: int, discordant: float = DISCORDANT, *, level: float = 0.05, power: float = POWER) -> float:
    """The minimum detectable difference of two paired shares, between 0 and 1 (normal approximation, two-sided).

    (z(1 - level / 2) + z(power)) * sqrt(discordant / n), with `discordant` the share of rows that change. Rows are
    taken as independent; questions that share an article make the true figure larger.
    """
    if n < 1:
        raise ValueError(f"{n} rows; expected at least one")
    from scipy.stats import norm

    return float(min(1.0, (norm.ppf(1 - level / 2) + norm.ppf(power)) * sqrt(discordant / n)))
