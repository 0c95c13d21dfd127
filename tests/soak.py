"""Compares the package with the slow evaluator on random people, as many as asked for or as time allows.

    python tests/soak.py --people 1000000 --minutes 20

Every batch has its own seed, kind of people, readings and day. The first difference is shrunk to the
smallest evidence that still shows it, printed as a test to paste, and ends the run with code 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent / "python"))

import tassei
from against_slow import as_a_test, ask, differences, differing_people, random_options, smallest
from random_people import Recipe, random_people
from slow_evaluator import evaluate

BATCH = 500
LIBRARIES = ["pandas", "polars", "pyarrow"]
TABLES = ["people", "engagements", "contributions", "certifications"]
framework = None


def start(source: str) -> None:
    global framework
    framework = tassei.load_framework(source)


def compare(seed: int, people: int = BATCH) -> tuple[int, int, str]:
    """Of one batch: its seed, how many people it has, and what differs, empty where nothing does."""
    rng = Random(seed)
    options = random_options(rng)
    recipe = Recipe(
        seed=seed,
        people=people,
        strong=rng.choice([0.0, 0.7, 0.7, 1.0]),
        blanks=rng.choice([0.0, 0.0, 0.02, 0.05, 0.1, 0.35]),
        partial_sets=rng.choice([0.0, 0.0, 0.4]),
        missing_columns=rng.choice([0, 0, 0, 1, 4]),
        not_supplied=(rng.choice(TABLES),) if rng.random() < 0.1 else (),
        as_of=options["as_of"],
    )
    library = rng.choice(LIBRARIES)
    tables = random_people(recipe)
    expected = evaluate(tables, **options)
    who = differing_people(expected, ask(tables, framework, library, options))
    if not who:
        return seed, people, ""
    evidence, options = smallest(tables, who, framework, library, options)
    answers = differences(evaluate(evidence, **options), ask(evidence, framework, library, options))
    lines = [
        f"{len(who)} of {people} people differ with {recipe}, {library}",
        *answers,
        "",
        as_a_test(evidence, options, library, f"seed_{seed}"),
    ]
    return seed, people, "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=20, help="stop earlier than that")
    parser.add_argument("--seed", type=int, help="of the first batch; a random one is chosen, and printed")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--framework", default="itss-v3-2011-customer-service")
    asked = parser.parse_args(arguments)
    first = secrets.randbelow(10**9) if asked.seed is None else asked.seed
    batches = -(-asked.people // BATCH)
    print(f"seeds {first} to {first + batches - 1}, {BATCH} people each", flush=True)
    began = time.monotonic()
    compared, told = 0, began
    # spawned, not forked: the parent has threads of its libraries
    with multiprocessing.get_context("spawn").Pool(asked.workers, start, (asked.framework,)) as pool:
        for seed, people, difference in pool.imap_unordered(compare, range(first, first + batches)):
            if difference:
                print(f"seed {seed}: {difference}\nagain: --seed {seed} --people {BATCH}", flush=True)
                return 1
            compared += people
            now = time.monotonic()
            if now - told > 30:
                print(f"{compared:,} people, {now - began:.0f} s", flush=True)
                told = now
            if now - began > 60 * asked.minutes:
                print("time is over")
                break
    print(f"{compared:,} people compared in {time.monotonic() - began:.0f} s, no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
