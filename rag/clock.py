"""How long each step of some work took, for the `timings_ms` of its JSON."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """Milliseconds of each step, in order."""

    steps: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the time inside towards `name`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.steps[name] = self.steps.get(name, 0.0) + (time.perf_counter() - begun) * 1000

    def total(self) -> dict[str, float]:
        """The steps so far and, under "total", the time since the clock was made."""
        return {**self.steps, "total": (time.perf_counter() - self.started) * 1000}
