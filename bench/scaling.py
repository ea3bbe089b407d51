#!/usr/bin/env python3
"""What a bucket costs, and how near its limits it comes, with many runners: writes the table of docs/scaling.md.

Simulates one day, second by second: builds begin at random, more of them in the busy hours, and each sends its requests evenly while it
runs. What one build sends is measured (compare.sh --part remote), per compilation; prices and limits are those that the providers publish.

    bench/scaling.py [--runners 10000] [--objects 100000000] [--scopes 100] [--seed 1]
"""

import argparse
import random
from dataclasses import dataclass

SECONDS = 86_400
PREFIXES = 256


@dataclass(frozen=True)
class Build:
    """What one build of `compilations` sends. `missed` is the share of them that nobody has compiled before."""

    name: str
    per_runner: int
    compilations: int
    missed: float
    seconds: float
    reads_per_hit: float
    reads: float = 0
    reads_per_miss: float = 2.0  # of its upload; the question before it is one more, where the miss filter does not spare it
    writes_per_miss: float = 2.0
    writes: float = 0


# Reads and writes per hit and miss: see "What one build sends" in docs/scaling.md.
BUILDS = (
    Build("pull request, asks one by one", 20, 1_000, 0.05, 300, 2.0),
    Build("pull request, with records and packs", 20, 1_000, 0.05, 300, 0.05, reads=32, writes=4),
)

BYTES_PER_ARTIFACT = 40_000

# The miss filter, one set for each scope: docs/formats.md, FilterTuning and ScopeContexts.
MOST_IN_SET = 1_000_000
BYTES_PER_CONTEXT = 2
SET_STEP = 512 << 10
LOOK_SECONDS = 20
WRITE_SECONDS = 30
LOOK_AT_FULL_SECONDS = 600


@dataclass(frozen=True)
class Filter:
    """What the set of a scope with so many contexts costs and spares a build that goes on finding and uploading new ones."""

    contexts: float

    @property
    def full(self) -> bool:
        return self.contexts > MOST_IN_SET

    @property
    def rarity(self) -> int:
        return min(3, 1 + int(self.contexts * BYTES_PER_CONTEXT / SET_STEP))

    def reads(self, seconds: float) -> float:
        """Others always wrote meanwhile: each look, and each write, is a question whether the set changed, and its bytes."""
        if self.full:
            return 1 + seconds / LOOK_AT_FULL_SECONDS
        return 1 + 2 * seconds / (LOOK_SECONDS * self.rarity) + 2 * self.writes(seconds)

    def writes(self, seconds: float) -> float:
        return 0 if self.full else 1 + seconds / (WRITE_SECONDS * self.rarity)

    def questions_per_miss(self) -> float:
        return 1 if self.full else 0


@dataclass(frozen=True)
class Store:
    name: str
    read: float  # US dollars per request
    write: float
    gigabyte_month: float
    reads_per_second: int
    writes_per_second: int
    per_prefix: bool


STORES = (
    Store("S3 Standard", 0.40e-6, 5.00e-6, 0.023, 5_500, 3_500, True),
    Store("GCS Standard", 0.40e-6, 5.00e-6, 0.020, 5_000, 1_000, False),
)


def busy(draw: random.Random) -> int:
    """A second of the day: two thirds of all builds begin in eight of its hours."""
    return draw.randrange(8 * 3600, 16 * 3600) if draw.random() < 2 / 3 else draw.randrange(SECONDS)


def per_build(build: Build, known: Filter) -> tuple[float, float]:
    missed = build.compilations * build.missed
    hits = build.compilations - missed
    reads = hits * build.reads_per_hit + missed * (build.reads_per_miss + known.questions_per_miss()) + build.reads
    return reads + known.reads(build.seconds), missed * build.writes_per_miss + build.writes + known.writes(build.seconds)


def at_once(build: Build, runners: int, draw: random.Random) -> int:
    """Most builds that run in one second of the day."""
    starts = [0] * (SECONDS + 1)
    for _ in range(runners * build.per_runner):
        begin = busy(draw)
        starts[begin] += 1
        starts[min(SECONDS, begin + int(build.seconds))] -= 1
    running = most = 0
    for change in starts:
        running += change
        most = max(most, running)
    return most


def fullest_prefix(rate: float, draw: random.Random) -> float:
    """Requests of one second in the fullest of the prefixes: keys are digests, so each request falls into any of them."""
    counts = [0] * PREFIXES
    for _ in range(int(rate)):
        counts[draw.randrange(PREFIXES)] += 1
    return max(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runners", type=int, default=10_000)
    parser.add_argument("--objects", type=int, default=100_000_000)
    parser.add_argument("--scopes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    stored = chosen.objects / 2 * BYTES_PER_ARTIFACT  # every other object is a manifest, which is small
    known = Filter(chosen.objects / 2 / chosen.scopes)
    print(f"{chosen.runners:,} runners, {BUILDS[0].per_runner} builds of {BUILDS[0].compilations:,} compilations each a day, "
          f"{BUILDS[0].missed:.0%} of them new; {chosen.objects:,} objects in {chosen.scopes:,} scopes, {stored / 1e12:.1f} TB; seed {chosen.seed}.\n")
    print("| build | reads, writes per build | peak reads/s | peak writes/s | fullest prefix, reads/s | writes/s of one set | S3, requests per day | GCS, requests per day |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for build in BUILDS:
        draw = random.Random(chosen.seed)
        reads, writes = per_build(build, known)
        most = at_once(build, chosen.runners, draw)
        most_reads, most_writes, of_one_set = (most * count / build.seconds for count in (reads, writes, known.writes(build.seconds) / chosen.scopes))
        builds = chosen.runners * build.per_runner
        costs = [f"{builds * (reads * store.read + writes * store.write):,.0f} USD" for store in STORES]
        print(f"| {build.name} | {reads:,.0f}, {writes:,.0f} | {most_reads:,.0f} | {most_writes:,.0f} "
              f"| {fullest_prefix(most_reads, draw):,.0f} | {of_one_set:.1f} | {costs[0]} | {costs[1]} |")
    print("\n| store | limit | storage per month |\n| --- | --- | --: |")
    for store in STORES:
        where = "per prefix, split as load grows" if store.per_prefix else "per bucket to begin with, doubled about every 20 minutes"
        print(f"| {store.name} | {store.reads_per_second:,} reads/s and {store.writes_per_second:,} writes/s {where} "
              f"| {stored / 1e9 * store.gigabyte_month:,.0f} USD |")


if __name__ == "__main__":
    main()
