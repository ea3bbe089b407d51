"""Builds on a machine whose local cache is empty, from a bucket that is 30 ms away: `compare.sh --part remote`."""

import statistics
import subprocess
import time

import bucket
import rounds
from timing import Failed
from tools import Cairn, Ccache, Sccache

DELAY = 0.030
SMALL = 1_000
NEW = 200


def remote(bench) -> dict:
    """Two at a time, all hits from a bucket 30 ms away, nothing cached locally; 200 C files that it lacks; and 1,000 small artifacts warmed up."""
    java = subprocess.run(["sh", str(bench.chosen.root / "deploy" / "find-jdk.sh")], capture_output=True, text=True, check=True).stdout.strip()
    server = bucket.Server(bench.chosen.root / "remote-tier" / "target" / "servers" / "s3proxy.jar", f"{java}/bin/java", bench.work.root / "s3")
    web = bucket.Web(bench.work.root / "nginx")
    delays = [bucket.Delay(one.port, DELAY) for one in (server, web)]
    try:
        for name in ("cairn", "small"):
            server.make(name)
        return measure(bench, *delays)
    finally:
        for each in (*delays, server, web):
            each.stop()


class Remote:
    """A tool that shares the bucket. Each build is by a machine of its own, with the same sources."""

    def __init__(self, bench, delay: bucket.Delay, name: str):
        self.bench, self.delay, self.name, self.machines = bench, delay, name, 0
        self.credentials = {"AWS_ACCESS_KEY_ID": bucket.IDENTITY, "AWS_SECRET_ACCESS_KEY": bucket.SECRET}

    def machine(self) -> None:
        """A machine that has nothing."""
        self.tool.stop()
        self.machines += 1
        self.tool.start(self.bench.work.root / f"{self.name}-machine-{self.machines}")

    def build(self, names, compiler) -> float:
        """Seconds of a build of all files, two at a time."""
        command = ["xargs", "-P", "2", "-I{}", self.tool.program, *compiler]
        begin = time.perf_counter()
        subprocess.run(command, input="".join(f"{name}\n" for name in names), text=True, env=self.tool.env, check=True,
                       cwd=self.bench.work.root, capture_output=True)
        return time.perf_counter() - begin

    def expect(self, hits: int, misses: int) -> None:
        counts = self.tool.counts()
        if (counts.hits, counts.misses) != (hits, misses):
            raise Failed(f"{self.tool.name}: {hits} hits and {misses} misses expected, its statistics say {counts}")


class CairnRemote(Remote):
    def __init__(self, bench, delay, name: str, **settings: str):
        """Settings are named without CAIRN_."""
        super().__init__(bench, delay, "-".join(["bucket", name, *settings]))
        address = f"s3://{name}?endpoint=http://127.0.0.1:{delay.port}&region=us-east-1"
        chosen = {"REMOTE": address, "REMOTE_TIMEOUT": "10s", **settings}
        self.tool = Cairn({**bench.env, **self.credentials, **{f"CAIRN_{key}": value for key, value in chosen.items()}}, bench.chosen.cairn)

    def fill(self, names, compiler) -> None:
        self.machine()
        self.build(names, compiler)
        self.tool.ask("stop", "--drain")
        self.tool.directory = None

    def warm(self) -> float:
        begin = time.perf_counter()
        subprocess.run([self.tool.program, "warm"], env=self.tool.env, cwd=self.bench.work.root, check=True, capture_output=True)
        return time.perf_counter() - begin


class CcacheRemote(Remote):
    def __init__(self, bench, delay):
        super().__init__(bench, delay, "ccache")
        self.tool = Ccache({**bench.env, "CCACHE_REMOTE_STORAGE": f"http://127.0.0.1:{delay.port}/cache"})

    def fill(self, names, compiler) -> None:
        self.machine()
        self.build(names, compiler)


class SccacheLocal(Remote):
    """Debian's sccache is built without any remote storage: its hits come from its local disk, which no bucket can be nearer than."""

    def __init__(self, bench, delay):
        super().__init__(bench, delay, "sccache")
        self.tool = Sccache(bench.env, bench.work.root / "sccache.log")

    def machine(self) -> None:
        self.tool.stop()
        self.tool.start(self.bench.work.root / "sccache-machine")

    def fill(self, names, compiler) -> None:
        self.machine()
        self.build(names, compiler)
        rounds.await_writes(self.tool, len(names))


def measure(bench, s3: bucket.Delay, web: bucket.Delay) -> dict:
    names = rounds.sources.write_cpp(bench.work.root / "src", 4 * bench.chosen.files, bench.chosen.units, bench.work.seed)
    (bench.work.root / "out").mkdir()
    cpp = ["g++", "-std=c++17", "-O1", "-c", "src/{}.cpp", "-o", "out/{}.o"]
    cairn, alone, small = CairnRemote(bench, s3, "cairn"), CairnRemote(bench, s3, "cairn", REMOTE_PREFETCH="0"), CairnRemote(bench, s3, "small")
    ccache, sccache = CcacheRemote(bench, web), SccacheLocal(bench, s3)
    bench.work.settle()
    taken: dict = {}
    requests: dict = {}

    def timed(name: str, tool: Remote, work, hits: int = 0, misses: int = 0) -> None:
        before = tool.delay.requests
        taken.setdefault(name, []).append(work())
        requests.setdefault(name, []).append(tool.delay.requests - before)
        if hits or misses:
            tool.expect(hits, misses)

    try:
        for tool in (ccache, sccache, cairn):
            tool.fill(names, cpp)
        for round_ in range(bench.chosen.cold_rounds):
            for name, tool in (("sccache, local disk, no bucket", sccache), ("ccache", ccache), ("cairn", cairn),
                               ("cairn, `remote_prefetch` off", alone)):
                tool.machine()
                timed(name, tool, lambda: tool.build(names, cpp), len(names))
                tool.tool.stop()
            cairn.machine()
            timed("`cairn warm`", cairn, cairn.warm)
            timed("cairn, after that", cairn, lambda: cairn.build(names, cpp), len(names))
            cairn.tool.stop()
            bench.work.say(f"remote, round {round_ + 1}: " + ", ".join(f"{name} {values[-1]:.2f} s" for name, values in taken.items()))
        new_files(bench, s3, timed)
        warm_of_many(bench, small, timed)
    finally:
        for tool in (cairn, alone, sccache, small):
            tool.tool.stop()
    rows = [row(name, values, requests[name], taken, len(names)) for name, values in taken.items()]
    return {"heads": [f"{len(names)} files, two at a time", "s, median", "range", "requests", "times ccache's speed", "times sccache's, local",
                      "times sccache's, with one request per file"], "rows": rows}


def row(name: str, values: list, requests: list, taken: dict, files: int) -> list[str]:
    middle, (local, ccache) = statistics.median(values), (statistics.median(taken[n]) for n in ("sccache, local disk, no bucket", "ccache"))
    cells = [name, f"{middle:.2f}", f"{min(values):.2f}-{max(values):.2f}", f"{statistics.median(requests):.0f}"]
    if not name.startswith("cairn"):
        return [*cells, "", "", ""]
    return [*cells, f"{ccache / middle:.1f}", f"{local / middle:.1f}", f"{(local + files * DELAY / 2) / middle:.1f}"]


def tiny(bench, folder: str, count: int, seed: int) -> list[str]:
    """Writes tiny C files; returns their names."""
    names = rounds.sources.write_c(bench.work.root / folder, count, seed)
    for below in sorted({name.split("/")[0] for name in names}):
        (bench.work.root / f"{folder}-out" / below).mkdir(parents=True)
    return names


def compile_tiny(folder: str) -> list[str]:
    return ["gcc", "-O0", "-c", f"{folder}/{{}}.c", "-o", f"{folder}-out/{{}}.o"]


def new_files(bench, s3: bucket.Delay, timed) -> None:
    """What asking for what the bucket lacks takes, with and without the set of what it has; nothing is added to it."""
    names = tiny(bench, "new", NEW, bench.work.seed + 1)
    ways = {"no bucket": {"REMOTE": ""}, "what it lacks is known": {}, "`remote_miss_filter` off": {"REMOTE_MISS_FILTER": "0"}}
    tools = {way: CairnRemote(bench, s3, "cairn", REMOTE_MODE="read-only", **settings) for way, settings in ways.items()}
    try:
        for _ in range(bench.chosen.cold_rounds):
            for way, tool in bench.work.draw.sample(list(tools.items()), len(tools)):
                tool.machine()
                timed(f"{NEW} new C files, {way}", tool, lambda: tool.build(names, compile_tiny("new")), misses=len(names))
                tool.tool.stop()
    finally:
        for tool in tools.values():
            tool.tool.stop()


def warm_of_many(bench, small: CairnRemote, timed) -> None:
    """The time that a warm-up of 1,000 artifacts takes."""
    names = tiny(bench, "tiny", SMALL, bench.work.seed)
    small.fill(names, compile_tiny("tiny"))
    for _ in range(3):
        small.machine()
        timed(f"`cairn warm` of {SMALL:,} artifacts", small, small.warm)
        stored = small.tool.stats()["cache"]["artifacts"]
        if stored != SMALL:
            raise Failed(f"cairn warm: {SMALL} artifacts expected, {stored} are there")
