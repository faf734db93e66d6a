"""What a bench says: one figure, beside what it is compared with and what it has to be."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the most that is good; `reference` was measured in the same run unless the bench says otherwise."""

    name: str
    value: float
    unit: str
    reference: float
    target: float

    @property
    def ok(self) -> bool:
        return self.value <= self.target

    def line(self) -> str:
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 1),
                "unit": self.unit,
                "reference": round(self.reference, 1),
                "target": self.target,
                "ok": self.ok,
            }
        )


def percentile(samples: Sequence[float], share: int) -> float:
    """The nearest rank: always a value that was measured. Raises ValueError when there are too few to speak of."""
    if len(samples) < LEAST_SAMPLES:
        raise ValueError(f"{len(samples)} samples are not enough")
    ranked = sorted(samples)
    return ranked[math.ceil(len(ranked) * share / 100) - 1]


def p50(samples: Sequence[float]) -> float:
    return percentile(samples, 50)


def p95(samples: Sequence[float]) -> float:
    return percentile(samples, 95)
