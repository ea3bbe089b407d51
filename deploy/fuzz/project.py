"""A small C project that is edited at random, in all the ways in which an old object could be taken for a new one."""
import os
import shutil
import time

SOURCES = 5
HEADERS = 6
DIRECTORIES = ["src", "inc1", "inc2", "late/deep"]


class Project:
    """The project in a directory of its own. Every edit is drawn from one random generator, so a seed tells all."""

    def __init__(self, directory, random, is_checkout):
        self.root = directory
        self.sources = SOURCES
        self.is_checkout = is_checkout  # in one, inputs are read again in search of its name, which finds some changes too
        self.random = random
        self.flags = ["-Isrc/none", "-Iinc1", "-Ilink", "-Ilate/deep", "-Iinc2"]
        self.defines = {"X": 1}
        self.optimise = "-O1"
        self.cpath = False
        self.forced = False
        self.old = []
        shutil.rmtree(directory, ignore_errors=True)
        for name in DIRECTORIES[:3] + ["other1", "other2", "cpath", "out"]:
            os.makedirs(self.path(name))
        os.symlink("other1", self.path("link"))
        if is_checkout:
            self.write(".git/HEAD", "ref: refs/heads/main\n")
        for header in range(HEADERS):
            self.header(random.choice(["src", "inc1", "inc2"]), header)
        self.write("inc2/base.h", "#define BASE 1\n")
        self.write("inc2/forced.h", "#define FORCED 1\n")
        self.write("cpath/env.h", "#define ENV 1\n")
        for source in range(SOURCES):
            self.source(source)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        path = self.path(name)
        if os.path.exists(path):
            with open(path) as file:
                self.old.append((name, file.read()))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def header(self, directory, number):
        value = self.random.randrange(100, 999)
        lines = [f"#ifndef H{number}", f"#define H{number} {value}", "#endif"]
        if self.random.random() < 0.3 and number > 0:
            lines.insert(0, f'#include "h{self.random.randrange(number)}.h"')
        if self.random.random() < 0.2:
            lines.insert(0, "#pragma once")
        self.write(f"{directory}/h{number}.h", "\n".join(lines) + "\n")

    def source(self, number):
        random = self.random
        lines = ["#include <base.h>"]
        used = random.sample(range(HEADERS), random.randrange(1, 4))
        for header in used:
            lines.append(f"#include <h{header}.h>" if random.random() < 0.5 else f'#include "h{header}.h"')
        lines += ["#if __has_include(<maybe.h>)", "#include <maybe.h>", "#else", "#define MAYBE 0", "#endif"]
        lines += ["#if __has_include(<env.h>)", "#include <env.h>", "#else", "#define ENV 0", "#endif"]
        lines += ["#ifndef FORCED", "#define FORCED 0", "#endif", "#define S(x) #x", "#define T(x) S(x)"]
        total = " + ".join(f"H{header}" for header in used)
        lines.append(f"int value{number} = {total} + BASE + MAYBE * 7 + ENV * 11 + FORCED * 13 + X;")
        lines.append(f"int f{number}(int v) {{ int unused; return v * {random.randrange(9)}; }}")
        lines.append("const char *file(void) { return __FILE__; }")
        if random.random() < 0.3:
            body = "".join(f"double g{i}(double x) {{ for (int i = 0; i < 9; i++) x = x * x + {i}; return x; }}\n" for i in range(60))
            lines.append(body)
        self.write(f"src/s{number}.c", "\n".join(lines) + "\n")

    # Edits; each returns what it did.

    def edit(self):
        edits = [
            self.new_header, self.new_source, self.touch, self.revert, self.shadow, self.unshadow, self.rename, self.maybe,
            self.change_flags, self.reorder, self.environment, self.twin, self.retarget, self.appear, self.force, self.twice,
        ]
        return self.random.choice(edits)()

    def existing(self):
        found = []
        for directory in DIRECTORIES + ["other1", "other2"]:
            if os.path.isdir(self.path(directory)):
                found += [f"{directory}/{name}" for name in sorted(os.listdir(self.path(directory))) if name.endswith(".h")]
        return found

    def new_header(self):
        name = self.random.choice([h for h in self.existing() if os.path.basename(h)[0] == "h"])
        self.header(os.path.dirname(name), int(os.path.basename(name)[1:-2]))
        return f"edit {name}"

    def new_source(self):
        number = self.random.randrange(SOURCES)
        self.source(number)
        return f"edit source {number}"

    def touch(self):
        name = self.random.choice(self.existing())
        os.utime(self.path(name))
        return f"touch {name}"

    def revert(self):
        if not self.old:
            return "revert nothing"
        name, text = self.random.choice(self.old[-30:])
        self.write(name, text)
        return f"revert {name}"

    def shadow(self):
        directory = self.random.choice(["inc1", "src", "other1", "other2", "late/deep"])
        number = self.random.randrange(HEADERS)
        self.header(directory, number)
        return f"shadow {directory}/h{number}.h"

    def unshadow(self):
        candidates = [h for h in self.existing() if os.path.basename(h)[0] == "h"]
        names = [os.path.basename(h) for h in candidates]
        doubles = [h for h in candidates if names.count(os.path.basename(h)) > 1]
        if not doubles:
            return "unshadow nothing"
        name = self.random.choice(doubles)
        os.remove(self.path(name))
        return f"remove {name}"

    def rename(self):
        candidates = [h for h in self.existing() if os.path.basename(h)[0] == "h"]
        name = self.random.choice(candidates)
        target = f"{self.random.choice(['src', 'inc1', 'inc2'])}/{os.path.basename(name)}"
        os.rename(self.path(name), self.path(target))
        return f"rename {name} to {target}"

    def maybe(self):
        name = f"{self.random.choice(['inc1', 'inc2', 'late/deep'])}/maybe.h"
        if os.path.exists(self.path(name)):
            os.remove(self.path(name))
            return f"remove {name}"
        self.write(name, f"#define MAYBE {self.random.randrange(9)}\n")
        return f"create {name}"

    def change_flags(self):
        if self.random.random() < 0.5:
            self.defines["X"] = self.random.randrange(5)
        else:
            self.optimise = self.random.choice(["-O0", "-O1", "-O2", "-Os", "-g", "-g -O1"])
        return f"flags X={self.defines['X']} {self.optimise}"

    def reorder(self):
        self.random.shuffle(self.flags)
        return f"order {' '.join(self.flags)}"

    def environment(self):
        self.cpath = not self.cpath
        if self.random.random() < 0.5:
            self.write("cpath/env.h", f"#define ENV {self.random.randrange(9)}\n")
        return f"CPATH {self.cpath}"

    def twin(self):
        """Another content of the same size and time."""
        name = self.random.choice(self.twins())
        path = self.path(name)
        with open(path) as file:
            text = file.read()
        digits = self.digits(text)
        if not digits:
            return "twin of nothing"
        at = self.random.choice(digits)
        changed = text[:at] + str((int(text[at]) + self.random.randrange(1, 9)) % 10) + text[at + 1:]
        before = os.stat(path)
        if self.random.random() < 0.5:
            with open(path + ".new", "w") as file:
                file.write(changed)
            os.rename(path + ".new", path)
        else:
            with open(path, "w") as file:
                file.write(changed)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.old.append((name, text))
        return f"twin of {name}"

    def digits(self, text):
        return [i for i, c in enumerate(text) if c.isdigit() and text[i - 1].isdigit()]

    def twins(self):
        return [h for h in self.existing() if os.path.basename(h)[0] == "h"]

    def retarget(self):
        target = "other2" if os.readlink(self.path("link")) == "other1" else "other1"
        os.remove(self.path("link"))
        os.symlink(target, self.path("link"))
        return f"link to {target}"

    def appear(self):
        if os.path.isdir(self.path("late")):
            shutil.rmtree(self.path("late"))
            return "late goes"
        self.header("late/deep", self.random.randrange(HEADERS))
        return "late appears"

    def force(self):
        self.forced = not self.forced
        if self.random.random() < 0.5:
            self.write("inc2/forced.h", f"#define FORCED {self.random.randrange(9)}\n")
        return f"forced {self.forced}"

    def twice(self):
        """Two edits within one tick of the clock, nothing in between but perhaps a compilation."""
        return "twice"

    def command(self, compiler, source, output):
        words = [compiler, "-Wall", "-MD", "-MF", f"{output}.d"] + self.optimise.split() + self.flags
        words += [f"-D{name}={value}" for name, value in sorted(self.defines.items())]
        if self.forced:
            words += ["-include", "forced.h"]
        return words + ["-c", f"src/s{source}.c", "-o", f"{output}.o", "-MT", "target"]

    def variables(self, base):
        variables = dict(base)
        if self.cpath:
            variables["CPATH"] = "cpath"
        return variables


class RealProject(Project):
    """Somebody's C sources, all in one directory; of what Project does only what fits them."""

    def __init__(self, directory, random, is_checkout, original):
        super().__init__(directory, random, is_checkout)
        shutil.rmtree(self.path("src"))
        shutil.copytree(original, self.path("src"), ignore=shutil.ignore_patterns("*.o", "*.a"))
        self.names = sorted(name for name in os.listdir(self.path("src")) if name.endswith(".c"))
        self.sources = len(self.names)
        self.flags.append("-Isrc")
        self.old = []

    def edit(self):
        edits = [
            self.new_header, self.new_source, self.touch, self.revert, self.revert, self.rename, self.copy, self.change_flags,
            self.reorder, self.environment, self.twin, self.retarget, self.twice,
        ]
        return self.random.choice(edits)()

    def existing(self):
        return [name for name in super().existing()
                if os.path.basename(name) not in ("base.h", "forced.h") and not os.path.basename(name)[1:2].isdigit()]

    def grow(self, name):
        with open(self.path(name)) as file:
            lines = [line for line in file.read().split("\n") if "cairn_fuzz" not in line]
        mark = "".join(c if c.isalnum() else "_" for c in os.path.basename(name))
        line = f"static const int cairn_fuzz_{mark} __attribute__((used)) = {self.random.randrange(100, 999)};"
        last = max((number for number, text in enumerate(lines) if text.startswith("#endif")), default=len(lines))
        self.write(name, "\n".join(lines[:last] + [line] + lines[last:]))
        return f"edit {name}"

    def twins(self):
        return self.existing()

    def digits(self, text):
        """Those that no compilation fails for."""
        return [i for i in super().digits(text) if "cairn_fuzz" in text[text.rfind("\n", 0, i) + 1:i]]

    def new_header(self):
        return self.grow(self.random.choice(self.existing()))

    def new_source(self):
        name = f"src/{self.random.choice(self.names)}"
        with open(self.path(name)) as file:
            text = file.read()
        self.write(name, f"{text.rstrip()}\nint cairn_fuzz{self.random.randrange(10 ** 6)};\n")
        return f"edit {name}"

    def rename(self):
        name = self.random.choice(self.existing())
        target = f"{'inc1' if name.startswith('src') else 'src'}/{os.path.basename(name)}"
        os.rename(self.path(name), self.path(target))
        return f"rename {name} to {target}"

    def copy(self):
        """Another header of the name, which is found earlier or is not."""
        name = self.random.choice(self.existing())
        target = f"{self.random.choice(['src', 'inc1', 'inc2'])}/{os.path.basename(name)}"
        if name != target:
            shutil.copyfile(self.path(name), self.path(target))
        self.grow(target)
        return f"copy {name} to {target}"

    def command(self, compiler, source, output):
        words = super().command(compiler, source, output)
        words[words.index(f"src/s{source}.c")] = f"src/{self.names[source]}"
        return words + ["-w", "-std=gnu99"]


def settle(directory):
    """Waits until a file changed now must get another stamp."""
    probe = os.path.join(directory, ".tick")
    with open(probe, "w"):
        pass
    first = os.stat(probe).st_ctime_ns
    while True:
        os.utime(probe)
        if os.stat(probe).st_ctime_ns > first:
            return
        time.sleep(0.001)
