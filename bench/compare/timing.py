"""Runs processes, times them, and sums up times. Nothing here knows which program it runs."""

import gc
import os
import random
import signal
import statistics
import time
from pathlib import Path
from typing import Sequence


class Failed(Exception):
    """The benchmark cannot go on, or its figures would mean nothing. The text is for the user."""


def run_timed(program: str, argv: Sequence[str], env: dict, log: Path) -> float:
    """Milliseconds from posix_spawn to the end of the process. Its output goes to `log`."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    gc.disable()
    start = time.perf_counter_ns()
    pid = os.posix_spawn(program, argv, env, file_actions=actions)
    try:
        _, status = os.waitpid(pid, 0)
    except BaseException:  # interrupted: leave no process behind
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise
    end = time.perf_counter_ns()
    gc.enable()
    if status != 0:
        raise Failed(f"{' '.join(argv)}: wait status {status}\n{tail(log)}")
    return (end - start) / 1e6


def tail(log: Path, lines: int = 20) -> str:
    """The end of a log, or nothing when there is none."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def percentile(values: Sequence[float], percent: float) -> float:
    """Linear interpolation between the closest ranks."""
    ordered = sorted(values)
    rank = (len(ordered) - 1) * percent / 100
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def median_interval(values: Sequence[float], draws: int = 2000) -> tuple[float, float]:
    """95 % interval of the median, by bootstrap with a fixed seed."""
    draw = random.Random(1)
    medians = [statistics.median(draw.choices(values, k=len(values))) for _ in range(draws)]
    return percentile(medians, 2.5), percentile(medians, 97.5)
