"""What the report says about the machine and the versions. Nothing that names a person, a host or a path."""

import os
import platform
import shutil
import struct
import subprocess
from pathlib import Path


def first_line(*command: str) -> str:
    """The first line that a command prints, or "unknown"."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except OSError:
        return "unknown"
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else "unknown"


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def hypervisor() -> str:
    """Virtual machines are noisier, and instructions that leave the guest are slow there."""
    flags = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")), "")
    return "virtual machine" if " hypervisor" in flags else "no hypervisor seen"


def filesystem(directory: Path) -> str:
    """Type of the file system that `directory` is on."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, this_kind, *_ = line.split(" ")
        inside = str(directory) == mount or str(directory).startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, this_kind
    return kind


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def cpu_ticks() -> tuple[int, int]:
    """Stolen and all processor time since the machine started."""
    ticks = [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[7], sum(ticks)


def linkage(program: str) -> str:
    """Whether an ELF program needs a dynamic loader, which costs a good part of a short process's life."""
    with open(program, "rb") as file:
        header = file.read(64)
        if header[:5] != b"\x7fELF\x02":
            return "unknown"
        offset, = struct.unpack_from("<Q", header, 32)
        size, count = struct.unpack_from("<HH", header, 54)
        file.seek(offset)
        table = file.read(size * count)
    interpreter = any(struct.unpack_from("<I", table, index * size)[0] == 3 for index in range(count))
    return "dynamically linked" if interpreter else "static"


def commit(root: Path) -> str:
    short = first_line("git", "-C", str(root), "rev-parse", "--short=12", "HEAD")
    if short == "unknown":
        return "no commit"
    changed = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain", "--", ".", ":!bench/RESULTS.md"], capture_output=True, text=True
    )
    return short + (" with changes" if changed.stdout.strip() else "")


def java(home: Path) -> str:
    """The runtime of a distribution, and whether it has the archive that makes starting fast."""
    try:
        lines = (home / "runtime" / "release").read_text().splitlines()
    except OSError:
        return "unknown"
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    archive = "with" if (home / "lib" / "cairn.aot").exists() else "WITHOUT"
    names = [values.get(key, "").strip('"') for key in ("IMPLEMENTOR", "JAVA_VERSION")]
    return " ".join(name for name in names if name) + f", {archive} AOT cache"


def versions(root: Path, home: Path, env: dict) -> list[tuple[str, str]]:
    """Name and version of everything that takes part."""
    def program(name: str) -> str:
        return shutil.which(name, path=env["PATH"]) or name

    sccache = first_line(program("sccache"), "--version")
    if "0.4.0-pre" in sccache:
        sccache += " (Debian's package, which is a pre-release)"
    return [
        ("gcc", first_line(program("g++"), "--version")),
        ("ccache", f"{first_line(program('ccache'), '--version')}, {linkage(program('ccache'))}"),
        ("sccache", f"{sccache}, {linkage(program('sccache'))}"),
        ("cairn", f"commit {commit(root)}, launcher {linkage(str(home / 'bin' / 'cairn'))}"),
        ("JDK of cairn's daemon", java(home)),
    ]
