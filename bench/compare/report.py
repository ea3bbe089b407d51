"""Turns samples into the Markdown report."""

from typing import Iterable, Optional, Sequence

from timing import median, median_interval, percentile

PART = "\n## Part `"
TARGETS = {"warm": 0.25, "cold": 1.02, "ready_ms": 500, "first_ms": 250, "rss_mb": 200}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = [":--" if index == 0 else "--:" for index in range(len(heads))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows]) + "\n"


def part(name: str, what: str, tables: str, facts: Iterable[Sequence[str]]) -> str:
    """The section of a measurement that ran alone."""
    told = "; ".join(f"{key}: {value}" for key, value in facts)
    return f"{PART}{name}`\n\n{what}\n\n{tables}\n{told}.\n"


def parts_of(text: str) -> dict[str, str]:
    """The sections of such measurements that a report has."""
    return {section.split("`", 1)[0]: PART + section for section in text.split(PART)[1:]}


def with_parts(text: str, sections: dict[str, str]) -> str:
    """A report with these sections in place of those it has."""
    return text.split(PART)[0] + "".join(sections[name] for name in sorted(sections))


def flat(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [value for round_ in rounds for value in round_]


def per_round_ratios(times: dict, name: str, base: str, percent: float) -> list[float]:
    return [percentile(a, percent) / percentile(b, percent) for a, b in zip(times[name], times[base])]


def spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{percentile(values, 10):.{digits}f}-{percentile(values, 90):.{digits}f}"


def warm_ratio(times: dict, percent: float = 50) -> float:
    return percentile(flat(times["cairn"]), percent) / percentile(flat(times["ccache"]), percent)


def warm_table(times: dict) -> str:
    def row(name: str) -> list[str]:
        values = flat(times[name])
        cells = [name, f"{percentile(values, 50):.2f}", f"{percentile(values, 99):.2f}"]
        for percent in (50, 99):
            ratio = percentile(values, percent) / percentile(flat(times["ccache"]), percent)
            cells.append(f"{ratio:.2f} [{spread(per_round_ratios(times, name, 'ccache', percent))}]")
        return cells

    heads = ["", "p50 ms", "p99 ms", "p50, of ccache's", "p99, of ccache's"]
    return table(heads, (row(name) for name in times))


def rounds_table(times: dict) -> str:
    count = len(next(iter(times.values())))
    heads = ["p50 ms in round", *(str(number + 1) for number in range(count))]
    return table(heads, ([name, *(f"{median(values):.2f}" for values in rounds)] for name, rounds in times.items()))


def firsts(times: dict) -> str:
    return ", ".join(f"{name} {median([values[0] for values in rounds]):.1f} ms" for name, rounds in times.items() if name != "true")


def cold_ratios(times: dict, name: str) -> tuple[list[float], list[float]]:
    """Ratios to bare: of each file in each round, and of each round's sums."""
    pairs = [a / b for a, b in zip(flat(times[name]), flat(times["bare"]))]
    sums = [sum(a) / sum(b) for a, b in zip(times[name], times["bare"])]
    return pairs, sums


def cold_table(times: dict) -> str:
    def row(name: str) -> list[str]:
        pairs, sums = cold_ratios(times, name)
        low, high = median_interval(pairs)
        total = sum(flat(times[name])) / sum(flat(times["bare"]))
        return [
            name, f"{median([sum(values) for values in times[name]]) / 1000:.2f}", f"{median(flat(times[name])):.0f}",
            f"{median(pairs):.3f} [{low:.3f}-{high:.3f}]", spread(pairs, 3),
            f"{total:.3f} [{min(sums):.3f}-{max(sums):.3f}]",
        ]

    heads = ["", "s per round", "p50 ms per file", "of bare: median of pairs [95 %]", "pairs, p10-p90", "of bare: sums [rounds]"]
    return table(heads, (row(name) for name in times))


def start_table(starts: dict) -> str:
    def cells(values: Sequence[float]) -> list[str]:
        return [f"{median(values):.0f}", spread(values, 0), f"{max(values):.0f}"]

    rows = []
    for kind, start in starts.items():
        rows.append([f"`cairn __daemon` until it returns, {kind} cache", *cells(start["ready"])])
        rows.append([f"first `cairn gcc -c` less a bare one, {kind} cache", *cells(start["first"])])
    return table(["", "p50 ms", "p10-p90", "max"], rows)


def memory_table(memory: dict) -> str:
    heads = ["after", "resident MB", "of it anonymous", "of it files", "highest until then", "Java heap used"]
    keys = ("rss", "anonymous", "file", "highest", "heap")
    return table(heads, ([point["after"], *(f"{point[key] / 1e6:.1f}" for key in keys)] for point in memory["points"]))


def targets_table(data: dict) -> str:
    rows = []

    def add(what: str, limit: str, value: float, bound: float, shown: str) -> None:
        rows.append([what, limit, shown, "met" if value <= bound else "**not met**"])

    ratio = warm_ratio(data["warm"])
    add("warm hit, whole process, p50", f"<= {TARGETS['warm']} of ccache's", ratio, TARGETS["warm"], f"{ratio:.2f}")
    pairs, _ = cold_ratios(data["cold"], "cairn")
    total = sum(flat(data["cold"]["cairn"])) / sum(flat(data["cold"]["bare"]))
    add("cold, median of pairs", f"<= {TARGETS['cold']} of bare", median(pairs), TARGETS["cold"], f"{median(pairs):.3f}")
    add("cold, sums", f"<= {TARGETS['cold']} of bare", total, TARGETS["cold"], f"{total:.3f}")
    for kind, start in data["start"].items():
        ready = median(start["ready"])
        add(f"daemon ready, {kind} cache", f"<= {TARGETS['ready_ms']} ms", ready, TARGETS["ready_ms"], f"{ready:.0f} ms")
    first = median(data["start"]["existing"]["first"])
    add("first call, existing cache", f"<= {TARGETS['first_ms']} ms", first, TARGETS["first_ms"], f"{first:.0f} ms")
    if data["memory"]:
        full = next(point for point in data["memory"]["points"] if "compilations" in point["after"]
                    and point["after"].startswith(f"{data['memory']['compilations']:,} "))
        megabytes = full["rss"] / 1e6
        add(f"resident after {full['after']}", f"<= {TARGETS['rss_mb']} MB", megabytes, TARGETS["rss_mb"], f"{megabytes:.1f} MB")
    return table(["Target", "", "measured", ""], rows)


def daemon_share(stats: Optional[dict]) -> str:
    if not stats or not stats.get("p50"):
        return ""
    return (f" Inside Cairn's daemon its own statistics (buckets of powers of two) put these {stats['count']:,} hits at "
            f"p50 <= {stats['p50']} us and p99 <= {stats['p99']} us.")


def render(data: dict) -> str:
    """The whole report."""
    options, machine = data["options"], data["machine"]
    quick = "**A quick run: figures to try the scripts, not to quote.**\n\n" if options["quick"] else ""
    files, cold_rounds, warm_rounds = options["files"], len(data["cold"]["bare"]), len(data["warm"]["cairn"])
    parts = [
        "# Cairn compared: results\n",
        f"{quick}Made by `bench/compare.sh` on {data['date']}; what is measured and how to read it: [README.md](README.md).\n",
        "## Targets\n",
        targets_table(data),
        "## Machine and versions\n",
        table(["", ""], [*machine, *data["versions"]]),
        "## Method\n",
        f"{files} generated C++ files, each with ten standard headers and a body of its own, one `g++ -std=c++17 -O1 -c` per file. "
        "Times are whole processes, from posix_spawn to the end of the process, taken the same way for all. Tools take turns file by file "
        f"in random order (seed {options['seed']}). Servers and daemons are started before a round. Each object of each tool was byte for byte the bare "
        "compiler's, and each tool's own statistics said that all cold compilations were misses and all warm ones hits. "
        "ccache and sccache run with their defaults.\n",
        f"## Warm: one hit ({warm_rounds} rounds of {files} files)\n",
        warm_table(data["warm"]),
        "`true` is a process that does nothing. p50 and p99 are over all rounds; in brackets p10-p90 of the rounds' own ratios. "
        "\"inode cache\" is ccache with `inode_cache = true` on the same cache."
        + daemon_share(data["hit_micros"]) + "\n",
        rounds_table(data["warm"]),
        f"## Warm, servers just restarted ({len(data['restarted']['cairn'])} rounds of {files} files)\n",
        warm_table(data["restarted"]),
        "The same with server or daemon restarted before each round: Cairn's answers come from disk, and its JVM is cold. "
        f"First hit of a round, p50: {firsts(data['restarted'])}.\n",
        f"## Cold: empty caches ({cold_rounds} rounds of {files} files)\n",
        cold_table(data["cold"]),
        "\"bare again\" is a control: its distance from 1 is this run's noise. Pairs compare the same file in the same round. What a tool stores after its process has ended is not in its time.\n",
        f"## Start of the daemon ({len(data['start']['empty']['ready'])} rounds)\n",
        start_table(data["start"]),
        "The first compilation was stored in "
        + " and ".join(f"{start['cached']} of {len(start['ready'])} rounds ({kind} cache)" for kind, start in data["start"].items())
        + f". The bare compilation: p50 {median(flat([start['bare'] for start in data['start'].values()])):.0f} ms.\n",
    ]
    if data["memory"]:
        memory = data["memory"]
        parts += [
            "## Memory of the daemon\n",
            memory_table(memory),
            f"{memory['compilations']:,} tiny C files with three to five system headers, `gcc -O0 -c`, two at a time, took {memory['seconds']:.0f} s; "
            f"the cache then held {memory['cache_bytes'] / 1e6:.1f} MB. 1 MB is 1,000,000 bytes.\n",
        ]
    return "\n".join(parts)
