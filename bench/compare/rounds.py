"""The measurements. Each returns plain data, and fails when a tool did not do what its row in the report says."""

import filecmp
import json
import os
import random
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

import sources
from timing import Failed, median, run_timed
from tools import Bare, BareAgain, Cairn, Counts, Tool

CPP_COMPILER = ("g++", "-std=c++17", "-O1", "-c")
REFERENCE = "true"


@dataclass
class Workspace:
    """Where everything happens. Commands run in `root`; their paths are relative to it."""

    root: Path
    seed: int
    say: Callable[[str], None]
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)

    @property
    def log(self) -> Path:
        return self.root / "commands.log"

    def settle(self) -> None:
        """Writes what is dirty to disk, and lets new files grow older than any cache's idea of too new."""
        os.sync()
        time.sleep(2.5)


class Files:
    """The C++ files, and each tool's objects of them."""

    def __init__(self, work: Workspace, count: int, units: int):
        self.work = work
        self.names = sources.write_cpp(work.root / "src", count, units, work.seed)

    def object(self, tool: Tool, name: str) -> Path:
        return self.work.root / "out" / tool.name / f"{name}.o"

    def compile(self, tool: Tool, name: str) -> float:
        """Milliseconds of one compilation whose output did not exist before."""
        output = self.object(tool, name)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.unlink(missing_ok=True)
        program, argv = tool.command([*CPP_COMPILER, f"src/{name}.cpp", "-o", str(output.relative_to(self.work.root))])
        return run_timed(program, argv, tool.env, self.work.log)

    def check(self, bare: Bare, tool: Tool, name: str) -> None:
        """The object is byte for byte the bare compiler's."""
        if not filecmp.cmp(self.object(bare, name), self.object(tool, name), shallow=False):
            raise Failed(f"{tool.name}'s object of {name}.cpp differs from the bare compiler's")


def expect(tool: Tool, what: str, actual: Counts, hits: int, misses: int) -> None:
    """A tool's own statistics are the judge of whether rounds were cold or warm."""
    if (actual.hits, actual.misses) != (hits, misses):
        raise Failed(f"{tool.name}, {what}: {hits} hits and {misses} misses expected, its statistics say {actual}")


def zero(work: Workspace, tools: Sequence[Tool]) -> None:
    """Zeroes all statistics and sees that they stay so: some tools load older counters only a while after their start."""
    for _ in range(3):
        for tool in tools:
            tool.zero()
        work.settle()
        if all((counts.hits, counts.misses) == (0, 0) for counts in (tool.counts() for tool in tools)):
            return
    raise Failed("statistics cannot be zeroed")


def await_writes(tool: Tool, count: int) -> None:
    """Some tools store after the compiler's end."""
    deadline = time.monotonic() + 30
    while 0 <= tool.counts().stored < count:
        if time.monotonic() > deadline:
            raise Failed(f"{tool.name} did not store {count} results")
        time.sleep(0.2)


def cold(work: Workspace, files: Files, bare: Bare, tools: Sequence[Tool], rounds: int) -> dict:
    """For each file, all tools in random order; caches empty at the start of each round. {tool: [[ms per file] per round]}.

    Servers run before a round starts. The tools are left running on the caches of the last round.
    """
    contenders = [bare, BareAgain(bare.base_env), *tools]
    times = {tool.name: [] for tool in contenders}
    files.compile(bare, files.names[0])  # brings compiler and headers into the page cache
    for round_ in range(rounds):
        for tool in contenders:
            tool.stop()
            tool.start(work.root / f"{tool.name}-{round_}")
            if round_ > 0:
                shutil.rmtree(work.root / f"{tool.name}-{round_ - 1}")
        zero(work, tools)
        taken = {tool.name: {} for tool in contenders}
        for name in work.draw.sample(files.names, len(files.names)):
            for tool in work.draw.sample(contenders, len(contenders)):
                taken[tool.name][name] = files.compile(tool, name)
            for tool in tools:
                files.check(bare, tool, name)
        for tool in contenders:
            times[tool.name].append([taken[tool.name][name] for name in files.names])
        for tool in tools:
            await_writes(tool, len(files.names))
            expect(tool, f"cold round {round_ + 1}", tool.counts(), 0, len(files.names))
        work.say(f"cold round {round_ + 1} of {rounds}: " + summary({n: sum(t[-1]) for n, t in times.items()}))
    return times


def warm(
    work: Workspace, files: Files, bare: Bare, tools: Sequence[Tool], rounds: int, what: str, between: Optional[Callable] = None
) -> dict:
    """For each file, all tools in random order, every one a hit. {tool: [[ms per file] per round]}.

    A process that does nothing, /bin/true, is timed among them: the least that any launcher could take here.
    `between`, when given, is called before each round, and statistics are read in each round.
    """
    idle = shutil.which(REFERENCE, path=bare.env["PATH"])
    times = {name: [] for name in [REFERENCE, *(label(tool) for tool in tools)]}
    caches = {tool.name: sum(other.name == tool.name for other in tools) for tool in tools}

    def judge(judged: int) -> None:
        for tool in tools:
            expect(tool, what, tool.counts(), judged * caches[tool.name] * len(files.names), 0)

    if between is None:
        zero(work, tools)
    for round_ in range(rounds):
        if between is not None:
            between()
            zero(work, tools)
        taken = {name: [] for name in times}
        for name in work.draw.sample(files.names, len(files.names)):
            for tool in work.draw.sample([None, *tools], len(tools) + 1):
                if tool is None:
                    taken[REFERENCE].append(run_timed(idle, [REFERENCE], bare.env, work.log))
                else:
                    taken[label(tool)].append(files.compile(tool, name))
                    files.check(bare, tool, name)
        for name, values in taken.items():
            times[name].append(values)
        work.say(f"{what}, round {round_ + 1} of {rounds}: " + summary({n: median(t[-1]) for n, t in times.items()}))
        if between is not None:
            judge(1)
    if between is None:
        judge(rounds)
    return times


def label(tool: Tool) -> str:
    return getattr(tool, "label", tool.name)


def summary(times: dict) -> str:
    return ", ".join(f"{name} {value:.1f} ms" for name, value in times.items())


def start_up(work: Workspace, bare: Bare, cairn: Cairn, rounds: int, existing: Optional[Path]) -> dict:
    """Time until the daemon serves, on empty caches or on the `existing` one.

    `first`: first compilation with no daemon running, less a bare one. `ready`: `cairn __daemon`, which returns when
    the daemon answers. `cached`: in how many rounds that first compilation was also stored.
    """
    result = {"first": [], "ready": [], "bare": [], "cached": 0}
    kind = "empty" if existing is None else "existing"
    for round_ in range(rounds):
        name = f"start-{kind}-{round_}"
        (work.root / f"{name}.c").write_text(f"int start_{kind}_{round_}(void) {{ return {round_}; }}\n")
    work.settle()
    for round_ in range(rounds):
        argv = ["gcc", "-c", f"start-{kind}-{round_}.c", "-o", "start.o"]
        plain = run_timed(*bare.command(argv), bare.env, work.log)
        cairn.use(existing or work.root / f"start-{round_}")
        taken = run_timed(*cairn.command(argv), cairn.env, work.log)
        result["bare"].append(plain)
        result["first"].append(taken - plain)
        event = json.loads(cairn.ask("explain", "start.o", "--json"))["event"]
        result["cached"] += bool(event) and event["stored"]
        stop_and_keep(cairn)
        if existing is None:
            shutil.rmtree(cairn.directory)
        result["ready"].append(run_timed(cairn.program, ["cairn", "__daemon"], cairn.env, work.log))
        stop_and_keep(cairn)
        if existing is None:
            shutil.rmtree(cairn.directory)
        work.say(f"start, {kind} cache, round {round_ + 1} of {rounds}: first call +{result['first'][-1]:.0f} ms, "
                 f"ready {result['ready'][-1]:.0f} ms")
    return result


def stop_and_keep(cairn: Cairn) -> None:
    directory = cairn.directory
    cairn.stop()
    cairn.use(directory)


def memory(work: Workspace, bare: Bare, cairn: Cairn, count: int, sample: int) -> dict:
    """Resident memory of one daemon while `count` tiny C files are compiled and stored, and after hits on `sample` of them."""
    names = sources.write_c(work.root / "tiny", count, work.seed)
    for folder in sorted({name.split("/")[0] for name in names}):
        (work.root / "tiny-out" / folder).mkdir(parents=True)
    directory = work.root / "memory"
    cairn.start(directory)
    zero(work, [cairn])
    points = [{"after": "start", **resident(cairn)}]
    start = time.monotonic()
    done = 0
    for step in sorted({count // 10, count // 2, count}):
        two_at_a_time(work, cairn, names[done:step])
        done = step
        points.append({"after": f"{done:,} compilations", **resident(cairn)})
        work.say(f"memory after {points[-1]['after']}: {points[-1]['rss'] / 1e6:.1f} MB")
    seconds = time.monotonic() - start
    stored = cairn.stats()
    if stored["stored"] != count or stored["misses"] != count:
        raise Failed(f"memory: {count} stored results expected, statistics say {stored}")
    chosen = work.draw.sample(names, sample)
    cairn.zero()
    for pass_ in (1, 2):
        for name in chosen:
            (work.root / "tiny-out" / f"{name}.o").unlink()
        two_at_a_time(work, cairn, chosen)
        points.append({"after": f"warm pass {pass_} over {sample:,} of them", **resident(cairn)})
    expect(cairn, "warm passes", cairn.counts(), 2 * sample, 0)
    for name in chosen[:100]:
        compile_tiny(work, bare, name, "check.o")
        if not filecmp.cmp(work.root / "check.o", work.root / "tiny-out" / f"{name}.o", shallow=False):
            raise Failed(f"cairn's object of {name}.c differs from the bare compiler's")
    cairn.stop()
    shutil.rmtree(directory)
    return {"points": points, "compilations": count, "seconds": seconds, "cache_bytes": stored["cache"]["bytes"]}


def resident(cairn: Cairn) -> dict:
    """Bytes: resident memory and used heap as the daemon says, and the highest resident memory so far by the kernel."""
    status = cairn.status()
    lines = Path(f"/proc/{status['pid']}/status").read_text().splitlines()
    kernel = {line.split(":")[0]: line.split(":")[1].split() for line in lines}
    value = {key: int(kernel[key][0]) * 1024 for key in ("VmHWM", "RssAnon", "RssFile")}
    return {
        "rss": status["rss_bytes"], "heap": status["heap_used_bytes"],
        "highest": value["VmHWM"], "anonymous": value["RssAnon"], "file": value["RssFile"],
    }


def compile_tiny(work: Workspace, tool: Tool, name: str, output: str) -> None:
    run_timed(*tool.command(["gcc", "-O0", "-c", f"tiny/{name}.c", "-o", output]), tool.env, work.log)


def two_at_a_time(work: Workspace, cairn: Cairn, names: Sequence[str]) -> None:
    """As make -j2 would."""
    queue = iter(list(names))
    lock = threading.Lock()
    failures: list[Failed] = []

    def worker() -> None:
        while not failures:
            with lock:
                name = next(queue, None)
            if name is None:
                return
            try:
                compile_tiny(work, cairn, name, f"tiny-out/{name}.o")
            except Failed as failure:
                failures.append(failure)

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:  # interrupted: the workers end after the compilation under way
        failures.append(Failed("interrupted"))
        for thread in threads:
            thread.join()
        raise
    if failures:
        raise failures[0]
