"""Bugs to be planted: one line of Cairn's own source each, changed so that one check is switched off. The fuzzer has to find each."""
import os
import shutil
import subprocess

CACHE = "local-cache/src/main/java/dev/cairn/cache/"
PIPELINE = "wrapper/src/main/java/dev/cairn/wrapper/pipeline/"

# name: file, what stands there, what stands there instead
PLANTS = {
    "header": (PIPELINE + "Verifier.java", "if (!at(context, input.path()).has(input.content())) {", "if (false) {"),
    "shadow": (PIPELINE + "Verifier.java", "return found.stream().findFirst();", "return Optional.empty();"),
    "shared": (PIPELINE + "Headers.java", "headers -> headers.expectations().hold()", "headers -> true"),
    "signature": (CACHE + "Statx.java", "&& fields[CTIME] == expected.ctime()", ""),
    "tick": (CACHE + "FileStates.java", "boolean trusted = signature.isSettledBefore(CoarseClock.now());", "boolean trusted = true;"),
    "meanwhile": (PIPELINE + "Witness.java", "if (!state.signature().isSettledBefore(pending.started())) {", "if (false) {"),
    "environment": (PIPELINE + "RelevantEnvironment.java", 'DECIDING.contains(name) ||', 'DECIDING.contains(name) && !name.equals("CPATH") ||'),
    "arguments": (PIPELINE + "Context.java", ".putAll(normalised(compilation.words()))",
                  '.putAll(normalised(compilation.words()).stream().filter(w -> !w.startsWith("-D")).toList())'),
    "source": (PIPELINE + "Context.java", ".put(source)", ".put(compilation.source())"),
    "place": (PIPELINE + "Recall.java", "remembered.inputs().holds() && ", ""),
    "asked": (PIPELINE + "SearchedDirectory.java", "view.generation(), asked)", "view.generation(), List.of())"),
    "restart": (PIPELINE + "KeptAnswers.java", "&& Looks.areAlike(kept.looks())", ""),
}


def plant(name, root, distribution, work, jdk):
    """Makes a copy of the distribution with the bug in it; returns its launcher."""
    file, before, after = PLANTS[name]
    with open(os.path.join(root, file)) as source:
        text = source.read()
    if text.count(before) != 1:
        raise SystemExit(f"fuzz: the plant {name} does not fit {file} any more: {before!r} stands there {text.count(before)} times")
    copy, classes, sources = (os.path.join(work, f"{part}-{name}") for part in ("planted", "classes", "sources"))
    for directory in (copy, classes, sources):
        shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(classes)
    os.makedirs(sources)
    # The runtime stays where it is, and the AOT caches hold the classes as they were.
    shutil.copytree(distribution, copy, symlinks=True, ignore=shutil.ignore_patterns("runtime", "*.aot"))
    os.symlink(os.path.join(os.path.realpath(distribution), "runtime"), os.path.join(copy, "runtime"))
    changed = os.path.join(sources, os.path.basename(file))
    with open(changed, "w") as target:
        target.write(text.replace(before, after))
    libraries = os.path.join(copy, "lib")
    subprocess.run([f"{jdk}/bin/javac", "-proc:none", "-nowarn", "-cp", f"{libraries}/*", "-d", classes, changed], check=True,
                   stderr=subprocess.DEVNULL)
    package = os.path.relpath(file, file.split("/java/")[0] + "/java")
    for jar in sorted(os.listdir(libraries)):
        if jar.endswith(".jar") and holds(os.path.join(libraries, jar), package.replace(".java", ".class"), jdk):
            subprocess.run([f"{jdk}/bin/jar", "uf", os.path.join(libraries, jar), "-C", classes, "."], check=True)
    return os.path.join(copy, "bin", "cairn")


def holds(jar, name, jdk):
    listing = subprocess.run([f"{jdk}/bin/jar", "tf", jar], check=True, capture_output=True, text=True).stdout
    return name in listing.split("\n")
