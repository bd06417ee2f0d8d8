"""What every measure says about itself."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's name and meaning. Fractions lie between 0 and 1; `range` says otherwise where they do not."""

    id: str
    definition: str
    range: str
    source: str
    better: Literal["higher", "lower"] = "higher"
