"""Time and memory of reading and assessing a large population on this machine.

    python benchmarks/scale.py [people] [threads]
"""

from __future__ import annotations

import resource
import sys
import time

import tassei
from population import population


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(people: int = 1_000_000, threads: int = 0) -> None:
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    rows = {"engagements": 10 * people, "contributions": 5 * people, "certifications": people // 5}
    for order in ("shuffled", "grouped"):
        frames = population(framework, people, rows, order=order)
        size = sum(frame.estimated_size() for frame in frames.values()) / 2**30
        before = peak()
        start = time.perf_counter()
        evidence = tassei.read_evidence(frames, framework)
        read = time.perf_counter()
        assessment = tassei.assess(evidence, framework, as_of="2026-03-31", threads=threads)
        done = time.perf_counter()
        levels = assessment.levels()
        framed = time.perf_counter()
        print(
            f"{people:,} people, {order}: input {size:.2f} GiB; read {read - start:.2f} s, assess "
            f"{done - read:.3f} s ({(done - read) / rows['engagements'] * 1e9:.0f} ns a row), "
            f"levels {framed - done:.2f} s; peak {before:.2f} -> {peak():.2f} GiB"
        )
        print(levels["level"].value_counts().sort("level").rows(), flush=True)
        del frames, evidence, assessment, levels


if __name__ == "__main__":
    main(*(int(x.replace("_", "")) for x in sys.argv[1:]))
