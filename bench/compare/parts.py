"""Measurements that can be run one by one: `compare.sh --part NAME`. Each returns rows for a table, and data for plots."""

import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Callable, Sequence

import remote
import rounds
import sources
from timing import Failed, percentile, run_timed
from tools import Bare, Cairn, CairnFeed, Ccache, CcacheInode, Tool

WORKERS = 16

# With 50 files, the hits after which the JVM has compiled what a hit takes.
HOT_BUILDS = 60


class Bench:
    """What every part needs: the work directory, the contenders and how much to do."""

    def __init__(self, work: rounds.Workspace, env: dict, chosen) -> None:
        self.work, self.chosen, self.env = work, chosen, env
        self.bare = Bare(env)
        self.cairn, self.feed = Cairn(env, chosen.cairn), CairnFeed(env, chosen.cairn)
        self.ccache, self.inode = Ccache(env), CcacheInode(env)

    def start(self, tools: Sequence[Tool]) -> None:
        for tool in tools:
            tool.start(self.work.root / f"cache-{tool.name}")

    def stop(self) -> None:
        for tool in (self.cairn, self.feed):
            tool.stop()


def spread(values: Sequence[float], digits: int = 2) -> list[str]:
    return [f"{percentile(values, percent):.{digits}f}" for percent in (50, 10, 90, 99)]


def hits(bench: Bench) -> dict:
    """Whole processes, one after the other, everything a hit; the change feed afterwards, when nobody else opens the inputs."""
    tools = [bench.ccache, bench.cairn, bench.feed]
    bench.start(tools)
    files = rounds.Files(bench.work, bench.chosen.files, bench.chosen.units)
    bench.work.settle()
    for name in files.names:
        for tool in [bench.bare, *tools]:
            files.compile(tool, name)
    bench.inode.start(bench.ccache.directory)
    times = rounds.warm(bench.work, files, bench.bare, [bench.ccache, bench.cairn, bench.inode], bench.chosen.warm_rounds, "hits")
    alone = rounds.warm(bench.work, files, bench.bare, [bench.feed], bench.chosen.warm_rounds, "hits, change feed")
    times |= {"true, beside the feed": alone[rounds.REFERENCE], bench.feed.name: alone[bench.feed.name]}
    flat = {name: [value for round_ in values for value in round_] for name, values in times.items()}
    base = percentile(flat["ccache"], 50)
    rows = [[name, *spread(values), f"{percentile(values, 50) / base:.2f}"] for name, values in flat.items()]
    return {"heads": ["", "p50 ms", "p10", "p90", "p99", "p50, of ccache's"], "rows": rows,
            "bars": {name: percentile(values, 50) for name, values in flat.items()}}


def ninja(bench: Bench) -> dict:
    """ninja -j2 after ninja -t clean: wall time by edges; true does nothing, cp copies the object; the feed alone: nobody else opens its inputs."""
    if shutil.which("ninja", path=bench.env["PATH"]) is None:
        raise Failed("ninja is missing (package ninja-build)")
    tools = [bench.ccache, bench.cairn, bench.feed]
    bench.start(tools)
    trees = NinjaTrees(bench)
    trees.add("true", "/bin/true", bench.env)
    for tool in tools:
        trees.add(tool.name, f"{tool.program} g++ -std=c++17 -O1 -c $in -o $out", tool.env)
    trees.add("cp", f"/bin/cp ../ninja-{bench.cairn.name}/$out $out", bench.env)
    bench.work.settle()
    for name in trees.environments:
        trees.build(name)
    rows, base = [], 0.0
    for names, when in ((["true", "cp", bench.ccache.name, bench.cairn.name], ""), (["true", bench.feed.name], ", alone")):
        young = trees.in_turns(names)
        base = base or statistics.median(young[bench.ccache.name])
        rows += ninja_rows(young, base, when)
        for _ in range(HOT_BUILDS):
            trees.build(names[-1])
        rows += ninja_rows(trees.in_turns(["true", names[-1]]), base, f"{when}, after {HOT_BUILDS * len(trees.names):,} more hits")
    return {"heads": ["", "ms per edge, p50", "p10", "p90", "of ccache's", "of true's"], "rows": rows}


class NinjaTrees:
    """A build directory for each contender, of the same sources."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.names = sources.write_cpp(bench.work.root / "src", bench.chosen.files, bench.chosen.units, bench.work.seed)
        self.environments: dict = {}

    def add(self, name: str, command: str, env: dict) -> None:
        directory = self.bench.work.root / f"ninja-{name}"
        directory.mkdir()
        edges = "".join(f"build {source}.o: cc ../src/{source}.cpp\n" for source in self.names)
        (directory / "build.ninja").write_text(f"rule cc\n  command = {command}\n{edges}")
        self.environments[name] = env

    def build(self, name: str) -> float:
        """Returns milliseconds per edge."""
        directory, env = self.bench.work.root / f"ninja-{name}", self.environments[name]
        subprocess.run(["ninja", "-C", directory, "-t", "clean"], env=env, check=True, capture_output=True)
        begin = time.perf_counter()
        done = subprocess.run(["ninja", "-C", directory, "-j2"], env=env, capture_output=True, text=True)
        taken = time.perf_counter() - begin
        if done.returncode != 0:
            raise Failed(f"ninja, {name}: {done.stdout}{done.stderr}")
        return 1000 * taken / len(self.names)

    def in_turns(self, names: Sequence[str]) -> dict:
        times: dict = {name: [] for name in names}
        for _ in range(self.bench.chosen.warm_rounds):
            for name in self.bench.work.draw.sample(names, len(names)):
                times[name].append(self.build(name))
        return times


def ninja_rows(times: dict, base: float, when: str) -> list:
    floor = statistics.median(times["true"])
    return [[name + when, *spread(values)[:3], f"{statistics.median(values) / base:.2f}", f"{statistics.median(values) / floor:.2f}"]
            for name, values in times.items()]


def concurrent(bench: Bench) -> dict:
    """Sixteen launchers at a time, all hits."""
    tools = [bench.ccache, bench.cairn, bench.feed]
    bench.start(tools)
    files = rounds.Files(bench.work, bench.chosen.files, bench.chosen.units)
    bench.work.settle()
    for name in files.names:
        for tool in tools:
            files.compile(tool, name)
    per_second: dict = {tool.name: [] for tool in tools}
    jobs = "".join(f"{name}\n" for name in files.names * 4)
    for _ in range(bench.chosen.warm_rounds):
        for tool in bench.work.draw.sample(tools, len(tools)):
            command = ["xargs", "-P", str(WORKERS), "-I{}", tool.program, "g++", "-std=c++17", "-O1", "-c", "src/{}.cpp",
                       "-o", f"out/{tool.name}/" + "{}.o"]
            begin = time.perf_counter()
            subprocess.run(command, input=jobs, text=True, env=tool.env, check=True, cwd=bench.work.root)
            per_second[tool.name].append(4 * len(files.names) / (time.perf_counter() - begin))
    base = statistics.median(per_second["ccache"])
    rows = [[name, *spread(values, 0)[:3], f"{statistics.median(values) / base:.2f}"] for name, values in per_second.items()]
    return {"heads": ["", "hits per second, p50", "p10", "p90", "times ccache's"], "rows": rows}


def scenarios(bench: Bench) -> dict:
    """Hits: C, C++, a response file with 200 definitions and 50 include directories, another checkout, fifty sources in one command."""
    tools = [bench.ccache, bench.inode, bench.cairn, bench.feed]
    bench.start([bench.ccache, bench.cairn, bench.feed])
    bench.inode.start(bench.ccache.directory)
    root = bench.work.root
    (root / "one.c").write_text(sources.c_source(1, bench.work.seed))
    (root / "one.cpp").write_text(sources.cpp_source(1, 1, bench.work.seed))
    for number in range(50):
        (root / f"include{number}").mkdir()
    (root / "one.rsp").write_text("".join(f"-DNAME{n}={n}\n" for n in range(200)) + "".join(f"-Iinclude{n}\n" for n in range(50)))
    compilations = {"C": ["gcc", "-c", "one.c"], "C++": ["g++", "-std=c++17", "-c", "one.cpp"],
                    "C++, response file": ["g++", "-std=c++17", "@one.rsp", "-c", "one.cpp"]}
    bench.work.settle()
    rows = []
    for kind, argv in compilations.items():
        taken = hits_in_turns(bench, tools, {root / "one.o": [*argv, "-o", "one.o"]}, 20, lambda tool, argv: tool.command(argv))
        rows += beside_ccache(kind, taken)
    rows += beside_ccache("C++, written beside the source and 1,000 other files", beside_others(bench, tools))
    rows += beside_ccache("C++, first time in another checkout", other_checkouts(bench, tools))
    rows += [[f"50 C++ sources in one command: {name}", *spread(values), ""] for name, values in many_sources(bench).items()]
    return {"heads": ["", "p50 ms", "p10", "p90", "p99", "of ccache's"], "rows": rows}


def beside_ccache(kind: str, taken: dict) -> list:
    base = percentile(taken["ccache"], 50)
    return [[f"{kind}: {name}", *spread(values), f"{percentile(values, 50) / base:.2f}"] for name, values in taken.items()]


def checkout(root: Path, count: int, seed: int) -> list[str]:
    names = sources.write_cpp(root / "src", count, 1, seed)
    subprocess.run(["git", "init", "-q", root], check=True)
    return names


def other_checkouts(bench: Bench, tools: Sequence[Tool]) -> dict:
    """Each file once in each of several checkouts, after it was compiled in the first."""
    taken: dict = {rounds.label(tool): [] for tool in tools}
    for number in range(1 + bench.chosen.warm_rounds):
        root = bench.work.root / f"checkout{number}"
        names = checkout(root, bench.chosen.files, bench.work.seed)
        bench.work.settle()
        for name in names:
            for tool in bench.work.draw.sample(tools, len(tools)):
                argv = ["g++", "-std=c++17", "-O1", "-c", f"src/{name}.cpp", "-o", f"{name}.o"]
                value = run_timed(*command_in(root, tool, argv), tool.env, bench.work.log)
                if number > 0:
                    taken[rounds.label(tool)].append(value)
    return taken


def beside_others(bench: Bench, tools: Sequence[Tool]) -> dict:
    """Every output changes the directory that includes are searched in."""
    root = bench.work.root / "crowded"
    names = sources.write_cpp(root, 10, 1, bench.work.seed)
    for number in range(1000):
        (root / f"other{number}.txt").touch()
    bench.work.settle()
    compilations = {root / f"{name}.o": ["g++", "-std=c++17", "-O1", "-c", f"{name}.cpp", "-o", f"{name}.o"] for name in names}
    return hits_in_turns(bench, tools, compilations, 5, lambda tool, argv: command_in(root, tool, argv))


def hits_in_turns(bench: Bench, tools: Sequence[Tool], compilations: dict, times: int, command: Callable) -> dict:
    """Each output with the argv that makes it, so many times for each of the usual rounds; the first three are not counted."""
    taken: dict = {rounds.label(tool): [] for tool in tools}
    for round_ in range(times * bench.chosen.warm_rounds + 3):
        for output, argv in compilations.items():
            for tool in bench.work.draw.sample(tools, len(tools)):
                output.unlink(missing_ok=True)
                value = run_timed(*command(tool, argv), tool.env, bench.work.log)
                if round_ >= 3:
                    taken[rounds.label(tool)].append(value)
    return taken


def command_in(directory: Path, tool: Tool, argv: Sequence[str]) -> tuple[str, list[str]]:
    """As Tool.command, of a compilation in that directory."""
    program, whole = tool.command(argv)
    return "/usr/bin/env", ["env", "-C", str(directory), program, *whole[1:]]


def many_sources(bench: Bench) -> dict:
    """Other caches leave such a command to the compiler."""
    root = bench.work.root / "many"
    names = checkout(root, 50, bench.work.seed)
    bench.work.settle()
    taken: dict = {}
    for tool in (bench.cairn, bench.feed):
        program, argv = command_in(root, tool, ["g++", "-std=c++17", "-O1", "-c", *(f"src/{name}.cpp" for name in names)])
        for round_ in range(5 * bench.chosen.warm_rounds + 3):
            for name in names:
                (root / f"{name}.o").unlink(missing_ok=True)
            value = run_timed(program, argv, tool.env, bench.work.log)
            if round_ >= 3:
                taken.setdefault(tool.name, []).append(value)
    return taken


def scale(bench: Bench) -> dict:
    """Hits, first answer and memory with ever more artifacts on disk; the largest number is --artifacts."""
    java = subprocess.run(["sh", str(bench.chosen.root / "deploy" / "find-jdk.sh")], capture_output=True, text=True, check=True).stdout.strip()
    files = rounds.Files(bench.work, min(10, bench.chosen.files), bench.chosen.units)
    counts = [count for count in (1_000, 100_000, 500_000) if count <= bench.chosen.artifacts]
    hit: dict = {count: [] for count in counts}
    first: dict = {count: [] for count in counts}
    memory: dict = {}
    caches = {count: bench.work.root / f"scale-{count}" for count in counts}
    for count, cache in caches.items():
        bench.work.say(f"scale: making {count:,} artifacts")
        subprocess.run([f"{java}/bin/java", "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
                        f"-Djava.library.path={bench.cairn.home}/lib/native", "-cp", f"{bench.cairn.home}/lib/*",
                        str(bench.chosen.root / "bench" / "Fill.java"), str(cache), str(count)], check=True, capture_output=True)
        bench.cairn.start(cache)
        bench.work.settle()
        for name in files.names:
            files.compile(bench.cairn, name)
        bench.cairn.stop()
    for _ in range(bench.chosen.start_rounds):
        for count in bench.work.draw.sample(counts, len(counts)):
            bench.cairn.use(caches[count])
            first[count].append(files.compile(bench.cairn, files.names[0]))
            bench.cairn.start(caches[count])
            for _ in range(40):
                hit[count] += [files.compile(bench.cairn, name) for name in files.names][len(files.names) // 2:]
            memory[count] = bench.cairn.status()["rss_bytes"] / 1e6
            bench.cairn.stop()
    base = percentile(hit[counts[0]], 50)
    rows = [[f"{count:,}", *spread(hit[count])[:3], f"{percentile(hit[count], 50) / base:.2f}",
             f"{percentile(first[count], 50):.0f}", f"{max(first[count]):.0f}", f"{memory[count]:.0f}"] for count in counts]
    return {"heads": ["artifacts", "hit, p50 ms", "p10", "p90", "of the first row's", "first call without a daemon, p50 ms", "max",
                      "resident MB"], "rows": rows}


def endurance(bench: Bench) -> dict:
    """Resident memory of a daemon that answered --requests hits."""
    bench.start([bench.cairn])
    files = rounds.Files(bench.work, bench.chosen.files, bench.chosen.units)
    bench.work.settle()
    for name in files.names:
        files.compile(bench.cairn, name)
    rows, done = [], 0
    while done < bench.chosen.requests:
        jobs = "".join(f"{name}\n" for name in files.names * 100)
        subprocess.run(["xargs", "-P", "2", "-I{}", bench.cairn.program, "g++", "-std=c++17", "-O1", "-c", "src/{}.cpp",
                        "-o", "out/cairn/{}.o"], input=jobs, text=True, env=bench.cairn.env, check=True, cwd=bench.work.root)
        done += 100 * len(files.names)
        point = rounds.resident(bench.cairn)
        rows.append([f"{done:,}", *(f"{point[key] / 1e6:.0f}" for key in ("rss", "anonymous", "highest", "heap"))])
    return {"heads": ["hits", "resident MB", "of it anonymous", "highest until then", "Java heap used"], "rows": rows}


PARTS: dict[str, Callable[[Bench], dict]] = {
    "hits": hits, "ninja": ninja, "concurrent": concurrent, "scenarios": scenarios, "scale": scale, "endurance": endurance,
    "remote": remote.remote,
}
