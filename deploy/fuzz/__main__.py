"""Differential fuzzing: random edits to a project; after each, what Cairn delivers must be what the bare compiler makes."""
import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from plants import PLANTS, plant
from project import Project, RealProject, settle

COARSE_STAMP = 2.2  # seconds after which a stamp of whole seconds is no longer that of now
UNANSWERED = 0.25  # of the compilations, that Cairn may leave to the compiler because its daemon did not answer in time
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Difference(Exception):
    pass


@contextlib.contextmanager
def coarse_file_system(work):
    """A file system whose stamps are whole seconds, so that many edits fall into one tick. Needs root; None without."""
    image, place = os.path.join(work, "coarse.img"), os.path.join(work, "coarse")
    if os.geteuid() != 0:
        yield None
        return
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    os.makedirs(place, exist_ok=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-I", "128", "-O", "^metadata_csum", image], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        os.remove(image)


class Fuzzer:
    def __init__(self, launcher, work, seed, coarse=None, original=None, meanwhile=0.15, restarts=0.0):
        self.launcher = launcher
        self.edits_meanwhile = meanwhile
        self.restarts = restarts
        self.coarse = coarse
        self.random = random.Random(seed)
        self.cache = os.path.join(work, "cache")
        shutil.rmtree(self.cache, ignore_errors=True)
        place = os.path.join(coarse or work, "project")
        self.project = RealProject(place, self.random, not coarse, original) if original else Project(place, self.random, not coarse)
        self.base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": work, "LC_ALL": "C", "CAIRN_DIR": self.cache,
                     "CAIRN_IDLE_TIMEOUT": "10m"}
        self.history = []
        self.compared = 0
        self.unanswered = 0

    def run(self, command):
        result = subprocess.run(command, cwd=self.project.root, env=self.project.variables(self.base), stdin=subprocess.DEVNULL,
                                capture_output=True)
        return result.returncode, result.stdout, result.stderr

    def outputs(self, name):
        found = {}
        for suffix in (".o", ".d"):
            path = self.project.path(f"out/{name}{suffix}")
            if os.path.exists(path):
                with open(path, "rb") as file:
                    found[suffix] = file.read()
                os.remove(path)
        return found

    def bare(self, compiler, source, mapped):
        command = self.project.command(compiler, source, "out/x")
        if mapped:
            command.insert(1, f"-ffile-prefix-map={self.project.root}=.")
        return self.run(command), self.outputs("x")

    def check(self, compiler, source):
        with_cairn = self.run([self.launcher] + self.project.command(compiler, source, "out/x")), self.outputs("x")
        mapped = self.project.is_checkout
        wanted = self.bare(compiler, source, mapped)
        self.compared += 1
        if with_cairn == wanted:
            return
        if mapped and with_cairn == self.bare(compiler, source, False):  # so does a launcher whose daemon is too slow
            self.unanswered += 1
            return
        raise Difference(f"{compiler} source {source}: exit {with_cairn[0][0]} for {wanted[0][0]}, "
                         f"differing: {[s for s in ('.o', '.d') if with_cairn[1].get(s) != wanted[1].get(s)]}, "
                         f"stderr {'equal' if with_cairn[0][2] == wanted[0][2] else 'differs'}"
                         f"{self.kept(with_cairn[1], 'cairn')}{self.kept(wanted[1], 'bare')}")

    def kept(self, outputs, name):
        """Leaves what differs for a look at it."""
        for suffix, content in outputs.items():
            with open(self.project.path(f"out/{name}{suffix}"), "wb") as file:
                file.write(content)
        return f", out/{name}: {' '.join(sorted(outputs))}"

    def explanation(self):
        return subprocess.run([self.launcher, "explain", "--last"], cwd=self.project.root, env=self.base, capture_output=True, text=True).stdout

    def step(self, number):
        compiler = self.random.choice(["gcc", "gcc", "clang"])
        sources = self.random.sample(range(self.project.sources), 2)
        if self.random.random() < 0.5:  # what is there before an edit is what may wrongly be found after it
            for source in sources:
                self.check(compiler, source)
            self.settle()
        restarts = self.restarts > 0 and self.random.random() < self.restarts
        if restarts:
            self.stop()
        what = self.project.edit()
        self.history.append(f"{number}: {what} ({compiler})")
        if restarts:
            self.history[-1] += ", while no daemon ran"
        if what == "twice":
            self.history[-1] += ": " + self.within_a_tick(compiler)
        elif self.random.random() < self.edits_meanwhile:
            self.history[-1] += ": " + self.meanwhile(compiler)
        elif self.random.random() < 0.15:
            self.together(compiler)
        if self.random.random() < 0.5:
            self.settle()
        for source in sources:
            self.check(compiler, source)

    def settle(self):
        """Waiting for whole seconds would take too long, and edits within one are what is looked for there."""
        if not self.coarse:
            settle(self.project.root)

    def within_a_tick(self, compiler):
        source = self.random.randrange(self.project.sources)
        for _ in range(3):
            what = self.project.twin()
            self.check(compiler, source)
        return what if not self.coarse else f"{what}, {self.there_and_back(compiler)}"

    def there_and_back(self, compiler):
        """What was read between two edits within a second must not be taken for what stands there after them."""
        number = self.random.randrange(self.project.sources)
        source = f"src/s{number}.c"
        with open(self.project.path(source)) as file:
            before = file.read()
        after = before.replace("+ X;", "- X;") if "+ X;" in before else before.replace("- X;", "+ X;")
        time.sleep(1.05 - time.time() % 1)  # the clock of stamps lags a little
        for text in (after, before):
            self.project.write(source, text)
            self.check(compiler, number)
        time.sleep(COARSE_STAMP)
        self.check(compiler, number)
        self.project.write(source, after)
        self.check(compiler, number)
        return f"source {number} there and back"

    def meanwhile(self, compiler):
        """A header is edited while the compiler is at work."""
        source = self.random.randrange(self.project.sources)
        command = [self.launcher] + self.project.command(compiler, source, "out/y")
        running = subprocess.Popen(command, cwd=self.project.root, env=self.project.variables(self.base), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.random.choice([0.001, 0.005, 0.01, 0.02, 0.03]))
        what = self.project.new_header()
        running.wait()
        self.outputs("y")
        self.check(compiler, source)
        return f"meanwhile {what}, source {source}"

    def together(self, compiler):
        """Several builds at once."""
        commands = [[self.launcher] + self.project.command(compiler, source, f"out/t{source}") for source in range(self.project.sources)] * 2
        threads = [threading.Thread(target=self.run, args=(command,)) for command in commands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for source in range(self.project.sources):
            self.outputs(f"t{source}")

    def stop(self):
        subprocess.run([self.launcher, "stop"], env=self.base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fuzz(launcher, work, seed, steps, quiet, **how):
    """Returns the number of the step that showed a difference, or None."""
    fuzzer = Fuzzer(launcher, work, seed, **how)
    try:
        for number in range(1, steps + 1):
            try:
                fuzzer.step(number)
            except Difference as difference:
                if not quiet:
                    print("\n".join(fuzzer.history[-12:]))
                    print(f"fuzz: step {number} of seed {seed}: {difference}; the project is in {fuzzer.project.root}\n{fuzzer.explanation()}")
                return number
        if not quiet:
            print(f"fuzz: {steps} steps of seed {seed}, {fuzzer.compared} compilations compared, no difference"
                  + (f"; {fuzzer.unanswered} left to the compiler" if fuzzer.unanswered else ""))
        if fuzzer.unanswered > UNANSWERED * fuzzer.compared:
            raise SystemExit(f"fuzz: Cairn left {fuzzer.unanswered} of {fuzzer.compared} compilations to the compiler")
        return None
    finally:
        fuzzer.stop()


def main():
    parser = argparse.ArgumentParser(prog="fuzz.sh", description=__doc__)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=sorted(PLANTS) + ["all"], help="switch a check off first; a difference must then be found")
    parser.add_argument("--coarse", action="store_true", help="on a file system whose stamps are whole seconds (root only)")
    parser.add_argument("--restarts", type=float, default=0.0, metavar="SHARE", help="of the steps, in which no daemon runs during the edit")
    parser.add_argument("--sources", help="a directory of C sources and headers to edit, instead of generated ones")
    parser.add_argument("--work", default=os.path.join(ROOT, "target", "fuzz"))
    parser.add_argument("--cairn", default=os.path.join(ROOT, "wrapper", "target", "cairn"), help="the distribution")
    parser.add_argument("--jdk", default=os.environ.get("JAVA_HOME", ""))
    options = parser.parse_args()
    if options.sources and (options.coarse or options.plant):
        parser.error("--sources goes with neither --coarse nor --plant")
    os.makedirs(options.work, exist_ok=True)
    if options.plant:
        names = sorted(PLANTS) if options.plant == "all" else [options.plant]
        sys.exit(1 if sum(not found(name, options) for name in names) else 0)
    with coarse_file_system(options.work) if options.coarse else contextlib.nullcontext() as place:
        launcher = os.path.join(options.cairn, "bin", "cairn")
        sys.exit(0 if fuzz(launcher, options.work, options.seed, options.steps, False, coarse=place, original=options.sources,
                           restarts=options.restarts) is None else 1)


def found(name, options):
    """Whether a planted bug is found."""
    launcher = plant(name, ROOT, options.cairn, options.work, options.jdk)
    often = {"meanwhile": {"meanwhile": 0.8}, "restart": {"restarts": 0.8}}.get(name, {})
    with coarse_file_system(options.work) if name == "tick" else contextlib.nullcontext() as place:
        if name == "tick" and place is None:
            print("fuzz: planted tick: NOT LOOKED FOR: only root can mount a file system with coarse stamps")
            return True
        step = fuzz(launcher, options.work, options.seed, options.steps, True, coarse=place, **often)
    print(f"fuzz: planted {name}: " + (f"found in step {step}" if step else f"NOT FOUND in {options.steps} steps"))
    shutil.rmtree(os.path.join(options.work, f"planted-{name}"), ignore_errors=True)
    return step is not None


main()
