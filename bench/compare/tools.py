"""The caches that are compared, behind one interface: where they keep things, how they are called, what they counted."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from timing import Failed


@dataclass(frozen=True)
class Counts:
    """What a tool's own statistics say since they were last zeroed. `stored` is -1 where the tool doesn't count it."""

    hits: int
    misses: int
    stored: int = -1


def clean_environment(home: Path) -> dict:
    """What every process gets: no settings of this user, and no compiler cache that masquerades in PATH."""
    caches = {"ccache", "sccache", "cairn"}

    def masquerades(directory: str) -> bool:
        found = shutil.which("g++", path=directory)
        return found is not None and Path(os.path.realpath(found)).name in caches

    path = [entry for entry in os.environ["PATH"].split(":") if os.path.isabs(entry) and not masquerades(entry)]
    return {"PATH": ":".join(path), "HOME": str(home), "LC_ALL": "C", "TMPDIR": os.environ.get("TMPDIR", "/tmp")}


class Tool:
    """A way to compile. One cache directory at a time is in use, from `start` to `stop`."""

    name = ""
    program: Optional[str] = None

    def __init__(self, env: dict):
        self.base_env = env
        self.env = dict(env)
        self.directory: Optional[Path] = None

    def start(self, directory: Path) -> None:
        """Uses `directory`, which may be empty, and returns when the tool's server, if it has one, is ready."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.env = {**self.base_env, **self.variables(directory)}

    def variables(self, directory: Path) -> dict:
        return {}

    def stop(self) -> None:
        """Ends the tool's server. Calling it without one is fine."""

    def command(self, argv: Sequence[str]) -> tuple[str, list[str]]:
        """Program to start and its argv, for a compiler's argv."""
        return self.program, [self.name, *argv]

    def zero(self) -> None:
        pass

    def counts(self) -> Counts:
        raise NotImplementedError

    def ask(self, *arguments: str) -> str:
        """What the tool prints when called with `arguments`."""
        done = subprocess.run(
            [self.program, *arguments], env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise Failed(f"{self.name} {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


class Bare(Tool):
    """The compiler itself."""

    name = "bare"

    def command(self, argv: Sequence[str]) -> tuple[str, list[str]]:
        found = shutil.which(argv[0], path=self.base_env["PATH"])
        if found is None:
            raise Failed(f"{argv[0]} is not in PATH")
        return found, list(argv)


class BareAgain(Bare):
    """The same once more: how far its ratio to bare is from 1 is what this machine's noise does to all the others."""

    name = "bare again"


class Ccache(Tool):
    name = "ccache"

    def __init__(self, env: dict):
        super().__init__(env)
        self.program = shutil.which("ccache", path=env["PATH"])

    def variables(self, directory: Path) -> dict:
        return {"CCACHE_DIR": str(directory)}

    def zero(self) -> None:
        self.ask("--zero-stats")

    def counts(self) -> Counts:
        value = {name: int(number) for name, number in (line.split("\t") for line in self.ask("--print-stats").splitlines())}
        return Counts(value["direct_cache_hit"] + value["preprocessed_cache_hit"], value["cache_miss"])


class CcacheInode(Ccache):
    """ccache on the same cache directory, with its inode cache, which is off by default in older releases."""

    label = "ccache, inode cache"

    def variables(self, directory: Path) -> dict:
        return {**super().variables(directory), "CCACHE_INODECACHE": "true"}


class Sccache(Tool):
    """sccache with a server of its own on a free port. The server is our child, so that it can be ended by its pid."""

    name = "sccache"

    def __init__(self, env: dict, log: Path):
        super().__init__(env)
        self.program = shutil.which("sccache", path=env["PATH"])
        self.log = log
        self.server: Optional[subprocess.Popen] = None
        self.port = 0

    def variables(self, directory: Path) -> dict:
        return {"SCCACHE_DIR": str(directory), "SCCACHE_SERVER_PORT": str(self.port), "SCCACHE_IDLE_TIMEOUT": "0"}

    def start(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        super().start(directory)
        env = {**self.env, "SCCACHE_START_SERVER": "1", "SCCACHE_NO_DAEMON": "1"}
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [self.program], env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.server.poll() is None:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise Failed("sccache's server did not start")

    def stop(self) -> None:
        if self.server is None:
            return
        if self.server.poll() is None:
            subprocess.run([self.program, "--stop-server"], env=self.env, capture_output=True, timeout=60)
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.terminate()
            self.server.wait()
        self.server = None

    def zero(self) -> None:
        self.ask("--zero-stats")

    def counts(self) -> Counts:
        stats = json.loads(self.ask("--show-stats", "--stats-format", "json"))["stats"]
        hits, misses = (sum(stats[kind]["counts"].values()) for kind in ("cache_hits", "cache_misses"))
        return Counts(hits, misses, stats["cache_writes"])


class Cairn(Tool):
    name = "cairn"

    def __init__(self, env: dict, launcher: Path):
        super().__init__(env)
        self.program = str(launcher)
        self.home = launcher.resolve().parent.parent

    def variables(self, directory: Path) -> dict:
        return {"CAIRN_DIR": str(directory)}

    def use(self, directory: Path) -> None:
        """As `start`, without starting a daemon."""
        super().start(directory)

    def start(self, directory: Path) -> None:
        self.use(directory)
        self.ask("__daemon")
        deadline = time.monotonic() + 20
        while self.status()["store"]["state"] != "open":
            if time.monotonic() > deadline:
                raise Failed("cairn's store did not open")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.directory is None:
            return
        pid = self.status()["pid"]
        try:
            self.ask("stop")
        finally:
            if pid is not None and Path(f"/proc/{pid}/exe").exists():
                os.kill(pid, signal.SIGTERM)
                print(f"compare.sh: cairn stop left process {pid}; it was sent SIGTERM", file=sys.stderr)
        self.directory = None

    def status(self) -> dict:
        """`cairn status --json`, which exits with 3 when no daemon runs."""
        done = subprocess.run(
            [self.program, "status", "--json"], env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        if done.returncode not in (0, 3):
            raise Failed(f"cairn status: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def stats(self) -> dict:
        return json.loads(self.ask("stats", "--json"))

    def zero(self) -> None:
        self.ask("stats", "--zero")

    def counts(self) -> Counts:
        stats = self.stats()
        return Counts(stats["hits"]["total"], stats["misses"], stats["stored"])


class CairnFeed(Cairn):
    """Cairn with its change feed, in a cache directory and a daemon of its own."""

    name = "cairn-feed"

    def variables(self, directory: Path) -> dict:
        return {**super().variables(directory), "CAIRN_CHANGE_FEED": "1"}
