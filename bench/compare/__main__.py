"""Runs all measurements and writes the report. Started by compare.sh."""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import machine
import parts
import plot
import report
import rounds
from timing import Failed
from tools import Bare, Cairn, Ccache, CcacheInode, Sccache, clean_environment

ROOT = Path(__file__).resolve().parent.parent.parent
OUTPUT = ROOT / "target" / "bench"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compare.sh", description="Compares Cairn with bare compilers, ccache and sccache.")
    parser.add_argument("--quick", action="store_true", help="few files and rounds: to try the script, not to quote")
    parser.add_argument("--skip-memory", action="store_true", help="without the 10,000 compilations")
    parser.add_argument("--cairn", type=Path, default=ROOT / "wrapper" / "target" / "cairn" / "bin" / "cairn",
                        help="launcher of the distribution to measure (default: the one that the build makes)")
    parser.add_argument("--files", type=int, help="C++ files (50; quick: 10)")
    parser.add_argument("--units", type=int, default=1, help="size of a C++ file's body (1)")
    parser.add_argument("--cold-rounds", type=int, help="(3; quick: 2)")
    parser.add_argument("--warm-rounds", type=int, help="(10; quick: 2)")
    parser.add_argument("--start-rounds", type=int, help="(10; quick: 2)")
    parser.add_argument("--compilations", type=int, help="tiny C files for the daemon's memory (10,000; quick: 500)")
    parser.add_argument("--part", choices=parts.PARTS, help="only this measurement; see README.md")
    parser.add_argument("--artifacts", type=int, default=100_000, help="of part scale: 1,000, 100,000 or 500,000 at most (100,000)")
    parser.add_argument("--requests", type=int, default=100_000, help="of part endurance (100,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the sources and of the random order")
    parser.add_argument("--work", type=Path, help="where to make the work directory (default: target/bench)")
    parser.add_argument("--out", type=Path, help="the report (default: bench/RESULTS.md; quick: target/bench/RESULTS-quick.md)")
    parser.add_argument("--keep", action="store_true", help="keep the work directory")
    chosen = parser.parse_args()
    full, quick = (50, 3, 10, 10, 10_000), (10, 2, 2, 2, 500)
    for name, value in zip(("files", "cold_rounds", "warm_rounds", "start_rounds", "compilations"), quick if chosen.quick else full):
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
        if getattr(chosen, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    chosen.root = ROOT
    chosen.work = (chosen.work or OUTPUT).resolve()
    chosen.out = (chosen.out or (OUTPUT / "RESULTS-quick.md" if chosen.quick else ROOT / "bench" / "RESULTS.md")).resolve()
    chosen.cairn = chosen.cairn.absolute()
    if not os.access(chosen.cairn, os.X_OK):
        parser.error("no Cairn there; build it with: mvn -DskipTests package, or name one with --cairn")
    return chosen


def measure(work: rounds.Workspace, chosen: argparse.Namespace) -> dict:
    """All samples. Whatever was started is stopped, however this ends."""
    home = work.root / "home"
    home.mkdir()
    env = clean_environment(home)
    bare, ccache, inode = Bare(env), Ccache(env), CcacheInode(env)
    sccache, cairn = Sccache(env, work.root / "sccache.log"), Cairn(env, chosen.cairn)
    data = {"versions": machine.versions(ROOT, cairn.home, env)}
    try:
        files = rounds.Files(work, chosen.files, chosen.units)
        data["cold"] = rounds.cold(work, files, bare, [ccache, sccache, cairn], chosen.cold_rounds)
        inode.start(ccache.directory)
        warm_tools = [ccache, inode, sccache, cairn]
        data["warm"] = rounds.warm(work, files, bare, warm_tools, chosen.warm_rounds, "warm")
        data["hit_micros"] = cairn.stats().get("hit_micros")

        def restart() -> None:
            for tool in (sccache, cairn):
                directory = tool.directory
                tool.stop()
                tool.start(directory)

        data["restarted"] = rounds.warm(
            work, files, bare, warm_tools, min(3, chosen.warm_rounds), "restarted", between=restart)
        sccache.stop()
        existing = cairn.directory
        cairn.stop()
        data["start"] = {
            "empty": rounds.start_up(work, bare, cairn, chosen.start_rounds, None),
            "existing": rounds.start_up(work, bare, cairn, chosen.start_rounds, existing),
        }
        data["memory"] = None
        if not chosen.skip_memory:
            data["memory"] = rounds.memory(work, bare, cairn, chosen.compilations, min(1000, chosen.compilations))
    finally:
        for tool in (cairn, sccache):
            try:
                tool.stop()
            except Exception as failure:
                print(f"compare.sh: {tool.name} could not be stopped: {failure}", file=sys.stderr)
    return data


def measure_part(work: rounds.Workspace, chosen: argparse.Namespace) -> str:
    """One part of parts.py: its table is printed; if it has bars, a plot is kept in target/bench. Returns the table."""
    home = work.root / "home"
    home.mkdir()
    bench = parts.Bench(work, clean_environment(home), chosen)
    try:
        result = parts.PARTS[chosen.part](bench)
    finally:
        bench.stop()
    if "bars" in result:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        (OUTPUT / f"part-{chosen.part}.svg").write_text(plot.bars("One cache hit, whole process, median", "ms", result["bars"]))
    text = report.table(result["heads"], result["rows"])
    print(text)
    return text


def keep_part(chosen: argparse.Namespace, text: str, facts: list[tuple[str, str]]) -> None:
    """Puts a part's section into the report, in place of the one that is there."""
    section = report.part(chosen.part, parts.PARTS[chosen.part].__doc__, text, facts)
    found = chosen.out.read_text() if chosen.out.exists() else "# Cairn compared: results\n"
    chosen.out.write_text(report.with_parts(found, {**report.parts_of(found), chosen.part: section}))
    say(f"compare.sh: wrote the part {chosen.part} of {chosen.out}")


def describe(work: Path, before: tuple, after: tuple) -> list[tuple[str, str]]:
    """The machine's rows; `before` and `after` are load averages and processor ticks."""
    (load_before, (stolen_before, all_before)), (load_after, (stolen_after, all_after)) = before, after
    stolen = 100 * (stolen_after - stolen_before) / max(1, all_after - all_before)

    def load(values: tuple) -> str:
        return " ".join(f"{value:.2f}" for value in values)

    return [
        ("processor", f"{machine.cpu_model()}, {os.cpu_count()} cores, {machine.hypervisor()}"),
        ("memory", f"{machine.memory_gib():.1f} GiB"),
        ("kernel", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("file system", machine.filesystem(work)),
        ("load average before", load(load_before)),
        ("load average after", load(load_after)),
        ("processor time stolen meanwhile", f"{stolen:.1f} %"),
    ]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def interrupted(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main() -> int:
    chosen = options()
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    chosen.work.mkdir(parents=True, exist_ok=True)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="run-", dir=chosen.work))
    before = (os.getloadavg(), machine.cpu_ticks())
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    here = os.getcwd()
    try:
        os.chdir(root)
        measured = (measure_part if chosen.part else measure)(rounds.Workspace(root, chosen.seed, say), chosen)
    except Failed as failure:
        say(f"compare.sh: {failure}")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        os.chdir(here)
        if chosen.keep:
            say(f"compare.sh: kept {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
    described = describe(chosen.work, before, (os.getloadavg(), machine.cpu_ticks()))
    if chosen.part:
        versions = machine.versions(ROOT, chosen.cairn.resolve().parent.parent, dict(os.environ))
        keep_part(chosen, measured, [("date", date), *described, *versions])
        return 0
    data = {**measured, "date": date, "machine": described}
    data["options"] = {name: getattr(chosen, name) for name in ("quick", "files", "units", "seed")}
    found = chosen.out.read_text() if chosen.out.exists() else ""
    chosen.out.write_text(report.with_parts(report.render(data), report.parts_of(found)))
    samples = OUTPUT / "samples.json"
    samples.parent.mkdir(parents=True, exist_ok=True)
    samples.write_text(json.dumps(data))
    say(f"compare.sh: wrote {chosen.out}; all samples are in {samples}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
