"""Gaps of a whole workforce: ``python benchmarks/gaps.py [people]``."""

from __future__ import annotations

import sys
import time

import tassei
from population import population

FRAMEWORK = "itss-v3-2011-customer-service"


def main(people: int = 100_000) -> None:
    framework = tassei.load_framework(FRAMEWORK)
    rows = {"engagements": 8 * people, "contributions": 4 * people, "certifications": people // 2}
    evidence = tassei.read_evidence(population(framework, people, rows), framework, on_error="collect")
    for name, options in {
        "next level": {},
        "to level 6": {"target": 6},
        "to level 6, cumulative": {"target": 6, "readings": {"cumulative": "yes"}},
    }.items():
        readings = options.pop("readings", None)
        start = time.perf_counter()
        a = tassei.assess(evidence, as_of="2026-03-31", readings=readings)
        assessed = time.perf_counter()
        gaps = a.to_arrow("gaps", **options)
        found = time.perf_counter()
        additions = a.to_arrow("additions", **options)
        done = time.perf_counter()
        exact = sum(gaps["exact"].to_pylist()) / max(len(gaps), 1)
        print(
            f"{name}: {people:,} people, assess {assessed - start:.2f} s, gaps {found - assessed:.2f} s "
            f"({len(gaps):,} rows, {exact:.1%} exact), "
            f"additions {done - found:.2f} s ({len(additions):,} rows)"
        )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
