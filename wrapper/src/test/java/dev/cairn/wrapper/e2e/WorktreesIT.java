package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Equal checkouts share entries wherever they stand, and what is delivered names only the checkout that asks. "Mapped" is what the
 * compiler writes when it is told {@code -ffile-prefix-map=<checkout>=.}.
 */
class WorktreesIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static final String SOURCE =
            "#include <assert.h>\n#include \"h.h\"\nint f(int x) { int unused; assert(x); return h(x); }\n";

    private static final String HEADER =
            "static int h(int v) { return v * 2; }\nstatic const char *where(void) { return __FILE__; }\n";

    /** A checkout at a path below the work directory. */
    private static Path checkout(String name) {
        box.write(name + "/.git/HEAD", "ref: refs/heads/main\n");
        return plain(name);
    }

    private static Path plain(String name) {
        box.write(name + "/src/a.c", SOURCE);
        box.write(name + "/inc/h.h", HEADER);
        box.directory(name + "/build");
        return box.work.resolve(name);
    }

    private static Command compile(Path root, String compiler, boolean absolute, String... more) {
        String base = absolute ? root.toString() : "..";
        return box.bare(compiler, "-Wall", "-MD", "-I" + base + "/inc", "-c", base + "/src/a.c", "-o", "a.o")
                .with(more)
                .in(root.resolve("build"))
                .env("CAIRN_PATH_REMAP", "auto");
    }

    /** Runs with Cairn; everything must be as of a bare run that is told to map paths. */
    private static Outcome likeMapped(Path root, Command command, String... mapping) throws IOException {
        Path build = command.directory();
        List<String> bare = new ArrayList<>(command.argv());
        bare.addAll(1, mapping.length == 0 ? List.of("-ffile-prefix-map=" + root + "=.") : List.of(mapping));
        Result wanted = command.withArgv(bare).run().succeeded();
        Tree expected = Tree.of(build);
        removeFiles(build);
        box.settle();
        JsonNode before = box.stats();
        Result found = command.after(box.launcher().toString()).run();
        Outcome outcome = box.outcomeSince(before);
        assertThat(found.errText()).as("stderr of %s", outcome).isEqualTo(wanted.errText());
        assertThat(found.exit()).isEqualTo(wanted.exit());
        assertThat(Tree.of(build).listing()).as("files of %s", outcome).isEqualTo(expected.listing());
        removeFiles(build);
        return outcome;
    }

    private static void removeFiles(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void shared(Path first, Command one, Path second, Command other) throws IOException {
        assertThat(likeMapped(first, one).word()).isEqualTo("miss");
        assertThat(likeMapped(second, other).isHit()).as("in %s", second).isTrue();
        assertThat(likeMapped(first, one).isHit()).as("again in %s", first).isTrue();
    }

    private static List<String> notes(Path output) {
        List<String> lines = new ArrayList<>();
        JsonNode details = box.explain(output.toString()).path("details");
        details.forEach(line -> lines.add(line.asString()));
        return lines;
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, true, -O1",
        "gcc, false, -O1",
        "gcc, true, -g -MP",
        "gcc, false, -g3 -O2",
        "clang, true, -g",
        "clang, false, -g -MP",
        "gcc, true, -g -MT t -MF other.d",
        "gcc, true, -g -gsplit-dwarf",
        "clang, true, -g -gsplit-dwarf",
        "gcc, false, -fdiagnostics-color=always",
        "clang, true, -fdiagnostics-color=always",
        "gcc, true, -S",
    })
    void checkoutsShare(String compiler, boolean absolute, String flags) throws IOException {
        Path one = checkout("one");
        Path two = checkout("a/much/longer/place/two");
        String[] more = flags.split(" ");
        if (flags.equals("-S")) {
            Command first = command(one, compiler, absolute).with("-S");
            Command second = command(two, compiler, absolute).with("-S");
            shared(one, first, two, second);
            return;
        }
        shared(one, compile(one, compiler, absolute, more), two, compile(two, compiler, absolute, more));
    }

    private static Command command(Path root, String compiler, boolean absolute) {
        String base = absolute ? root.toString() : "..";
        return box.bare(compiler, "-I" + base + "/inc", base + "/src/a.c", "-o", "a.s")
                .in(root.resolve("build"))
                .env("CAIRN_PATH_REMAP", "auto");
    }

    @Test
    void nothingOfOneCheckoutIsInWhatAnotherGets() throws IOException {
        Path one = checkout("one");
        Path two = checkout("second/place");
        compile(one, "gcc", true, "-g").after(box.launcher().toString()).run().succeeded();
        Result result = compile(two, "gcc", true, "-g")
                .after(box.launcher().toString())
                .run()
                .succeeded();
        assertThat(result.errText()).contains(two + "/src/a.c").doesNotContain(one.toString());
        for (String file : new String[] {"a.o", "a.d"}) {
            String content = Files.readString(two.resolve("build").resolve(file), StandardCharsets.ISO_8859_1);
            assertThat(content).as(file).doesNotContain(one.toString());
        }
        assertThat(Files.readString(two.resolve("build/a.d"))).contains(two + "/inc/h.h");
    }

    @Test
    void aHeaderThatDiffersBetweenCheckoutsIsAMiss() throws IOException {
        Path one = checkout("one");
        Path two = checkout("two");
        shared(one, compile(one, "gcc", true), two, compile(two, "gcc", true));
        box.write("two/inc/h.h", HEADER.replace("v * 2", "v * 3"));
        assertThat(likeMapped(two, compile(two, "gcc", true))).isEqualTo(new Outcome("miss", "header_changed", ""));
        assertThat(likeMapped(one, compile(one, "gcc", true)).isHit()).isTrue();
        box.write("two/src/h.h", HEADER);
        assertThat(likeMapped(two, compile(two, "gcc", true)).word()).isEqualTo("miss");
    }

    @ParameterizedTest
    @CsvSource({
        "file, gitdir: /elsewhere/.git/worktrees/two, true",
        "directory, , true",
        "none, , false",
    })
    void everyKindOfCheckoutIsFound(String kind, String text, boolean found) throws IOException {
        Path one = checkout("one");
        Path two = kind.equals("directory") ? checkout("nested/.worktrees/two") : plain("nested/.worktrees/two");
        if (kind.equals("file")) {
            box.write("nested/.worktrees/two/.git", text + "\n");
        }
        assertThat(likeMapped(one, compile(one, "gcc", true)).word()).isEqualTo("miss");
        Command second = compile(two, "gcc", true);
        if (found) {
            assertThat(likeMapped(two, second).isHit()).isTrue();
        } else {
            assertThat(likeMapped(two, second, "-DNOTHING").word()).isEqualTo("miss");
            assertThat(notes(two.resolve("build/a.o"))).anyMatch(line -> line.contains("no_root"));
        }
    }

    @Test
    void aSubmoduleBelongsToTheCheckoutAroundIt() throws IOException {
        for (String name : new String[] {"one", "second/two"}) {
            checkout(name + "/third/sub");
            box.delete(name + "/third/sub/.git/HEAD");
            box.delete(name + "/third/sub/.git");
            box.write(name + "/third/sub/.git", "gitdir: ../../.git/modules/sub\n");
            box.write(name + "/.git/HEAD", "x\n");
            box.write(name + "/inc/h.h", HEADER);
        }
        Path one = box.work.resolve("one");
        Path two = box.work.resolve("second/two");
        shared(one, outer(one), two, outer(two));
    }

    private static Command outer(Path root) {
        return box.bare("gcc", "-g", "-I" + root + "/inc", "-c", root + "/third/sub/src/a.c", "-o", "a.o")
                .in(root.resolve("third/sub/build"))
                .env("CAIRN_PATH_REMAP", "auto");
    }

    @Test
    void aConfiguredRootNeedsNoGit() throws IOException {
        Path one = plain("one");
        Path two = plain("second/two");
        shared(
                one,
                compile(one, "gcc", true, "-g").env("CAIRN_WORKTREE_ROOT", one + "/"),
                two,
                compile(two, "gcc", true, "-g").env("CAIRN_WORKTREE_ROOT", two.toString()));
    }

    @Test
    void furtherRootsCanBeConfigured() throws IOException {
        for (String name : new String[] {"one", "longer/two"}) {
            checkout(name);
            box.write("packages/" + name.replace("longer/", "hash-of-") + "/inc/p.h", "#define PACKAGE __FILE__\n");
            box.write(name + "/src/a.c", "#include <p.h>\nconst char *package = PACKAGE;\n");
        }
        Path one = box.work.resolve("one");
        Path two = box.work.resolve("longer/two");
        Path first = box.work.resolve("packages/one");
        Path second = box.work.resolve("packages/hash-of-two");
        Command here = compile(one, "gcc", true, "-g", "-I" + first + "/inc");
        Command there = compile(two, "gcc", true, "-g", "-I" + second + "/inc");
        assertThat(likeMapped(one, here.env("CAIRN_WORKTREE_ROOT", one + ":" + first), mapping(one, first))
                        .word())
                .isEqualTo("miss");
        assertThat(likeMapped(two, there.env("CAIRN_WORKTREE_ROOT", two + ":" + second), mapping(two, second))
                        .isHit())
                .isTrue();
    }

    private static String[] mapping(Path... roots) {
        return Arrays.stream(roots)
                .map(root -> "-ffile-prefix-map=" + root + "=.")
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBuildDirectoryBesideTheSourceIsMappedToo(boolean absolute) throws IOException {
        for (String name : new String[] {"A", "Bb"}) {
            checkout("src-" + name);
            box.directory("obj-" + name);
        }
        assertThat(likeMapped(box.work, beside("A", absolute), mappings("A", absolute))
                        .word())
                .isEqualTo("miss");
        assertThat(likeMapped(box.work, beside("Bb", absolute), mappings("Bb", absolute))
                        .isHit())
                .isTrue();
    }

    private static Command beside(String name, boolean absolute) {
        String source = absolute ? box.work + "/src-" + name : "../src-" + name;
        return box.bare("gcc", "-g", "-MD", "-I" + source + "/inc", "-c", source + "/src/a.c", "-o", "a.o")
                .in(box.work.resolve("obj-" + name))
                .env("CAIRN_PATH_REMAP", "auto");
    }

    private static String[] mappings(String name, boolean absolute) {
        return new String[] {
            "-ffile-prefix-map=" + box.work + "/src-" + name + "=.",
            "-ffile-prefix-map=" + box.work + "/obj-" + name + "=.",
            absolute ? "-DNOTHING" : "-ffile-prefix-map=../src-" + name + "=."
        };
    }

    @Test
    void aLinkToTheCheckoutIsAnotherSpellingOfIt() throws IOException {
        Path one = checkout("one");
        Path two = checkout("two");
        Path link = Files.createSymbolicLink(box.work.resolve("link"), two);
        Command linked = box.bare("gcc", "-g", "-MD", "-I" + link + "/inc", "-c", link + "/src/a.c", "-o", "a.o")
                .in(link.resolve("build"))
                .env("PWD", link + "/build")
                .env("CAIRN_PATH_REMAP", "auto");
        Command straight = box.bare("gcc", "-g", "-MD", "-I" + one + "/inc", "-c", one + "/src/a.c", "-o", "a.o")
                .in(one.resolve("build"))
                .env("CAIRN_PATH_REMAP", "auto");
        assertThat(likeMapped(one, straight).word()).isEqualTo("miss");
        assertThat(likeMapped(link, linked).isHit()).isTrue();
        for (String invalid : new String[] {".", "relative", "/nowhere", one.toString()}) {
            assertThat(likeMapped(one, straight.env("PWD", invalid)).isHit())
                    .as("PWD=%s is ignored, as compilers do", invalid)
                    .isTrue();
        }
    }

    @Test
    void twoDotsBehindALinkAreNotShortened() throws IOException {
        Path one = checkout("one");
        box.write("one/deep/er/x", "");
        box.write("one/deep/inc/h.h", HEADER.replace("v * 2", "v * 5"));
        Files.createSymbolicLink(one.resolve("link"), one.resolve("deep/er"));
        Command command = box.bare("gcc", "-I" + one + "/link/../inc", "-c", one + "/src/a.c", "-o", "a.o")
                .in(one.resolve("build"))
                .env("CAIRN_PATH_REMAP", "auto");
        assertThat(likeMapped(one, command).word()).isEqualTo("miss");
        box.write("one/deep/inc/h.h", HEADER.replace("v * 2", "v * 6"));
        assertThat(likeMapped(one, command).word()).isEqualTo("miss");
        assertThat(likeMapped(one, command).isHit()).isTrue();
    }

    @Test
    void theUsersOwnMappingWins() throws IOException {
        Path one = checkout("one");
        Path two = checkout("second/two");
        String own = "-ffile-prefix-map=%s/src=/usr/src/own";
        assertThat(likeMapped(one, compile(one, "gcc", true, "-g", own.formatted(one)))
                        .word())
                .isEqualTo("miss");
        assertThat(likeMapped(two, compile(two, "gcc", true, "-g", own.formatted(two)))
                        .isHit())
                .isTrue();
        assertThat(notes(two.resolve("build/a.o"))).anyMatch(line -> line.contains("user_mapping"));
        assertThat(likeMapped(two, compile(two, "gcc", true, "-g", own.formatted(two) + "er"))
                        .word())
                .isEqualTo("miss");
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, --coverage",
        "gcc, -flto",
        "gcc, -fprofile-generate",
        "clang, -flto",
        "clang, -emit-llvm",
        "gcc, -gz"
    })
    void whatNoMappingReachesKeepsThePlaceInItsKey(String compiler, String flag) throws IOException {
        Path one = checkout("one");
        Path two = checkout("two");
        for (Path root : new Path[] {one, two}) {
            Command command =
                    compile(root, compiler, true, flag).after(box.launcher().toString());
            JsonNode before = box.stats();
            command.run().succeeded();
            assertThat(box.outcomeSince(before).word()).as("first in %s", root).isEqualTo("miss");
            byte[] object = Files.readAllBytes(root.resolve("build/a.o"));
            removeFiles(root.resolve("build"));
            before = box.stats();
            command.run().succeeded();
            assertThat(box.outcomeSince(before).isHit()).isTrue();
            assertThat(Files.readAllBytes(root.resolve("build/a.o"))).isEqualTo(object);
            assertThat(notes(root.resolve("build/a.o"))).anyMatch(line -> line.contains("path_sensitive_flag"));
        }
    }

    @Test
    void aSourceThatNamesOneCheckoutIsNotSharedWithAnother() throws IOException {
        Path one = checkout("one");
        Path two = checkout("two");
        for (String name : new String[] {"one", "two"}) {
            box.write(name + "/src/a.c", "#include \"" + one + "/inc/h.h\"\nint f(int x) { return h(x); }\n");
        }
        assertThat(likeMapped(one, compile(one, "gcc", true)).word()).isEqualTo("miss");
        assertThat(likeMapped(two, compile(two, "gcc", true)))
                .isEqualTo(new Outcome("miss", "path_sensitive_output", ""));
        box.write("one/inc/h.h", HEADER.replace("v * 2", "v * 7"));
        assertThat(likeMapped(two, compile(two, "gcc", true)).word()).isEqualTo("miss");
    }

    @Test
    void aMessageThatQuotesAPathOfTheSourceStaysAsItIs() throws IOException {
        Path one = checkout("one");
        Path two = checkout("two");
        for (String name : new String[] {"one", "two"}) {
            box.write(name + "/src/a.c", "#warning see " + one + "/README\nint f;\n");
        }
        assertThat(likeMapped(one, compile(one, "gcc", true)).word()).isEqualTo("miss");
        assertThat(likeMapped(two, compile(two, "gcc", true)).word()).isEqualTo("miss");
        assertThat(likeMapped(two, compile(two, "gcc", true)).isHit()).isTrue();
    }

    @Test
    void aMacroThatNamesTheCheckoutIsNotShared() throws IOException {
        Path one = checkout("one");
        Path two = checkout("longer/two");
        String[] roots = {one.toString(), two.toString()};
        for (String root : roots) {
            Path path = Path.of(root);
            box.write(box.work.relativize(path) + "/src/a.c", "int length = sizeof ROOT;\n");
            assertThat(likeMapped(path, compile(path, "gcc", true, "-DROOT=\"" + root + "\""))
                            .word())
                    .isEqualTo("miss");
            assertThat(notes(path.resolve("build/a.o"))).anyMatch(line -> line.contains("path_in_argument"));
        }
    }

    @Test
    void aDirectoryWhoseNameOnlyBeginsLikeTheCheckoutIsAnother() throws IOException {
        Path one = checkout("pro");
        box.write("project/h.h", HEADER);
        Files.delete(one.resolve("inc/h.h"));
        for (String directory : new String[] {".", "build"}) {
            Command command = box.bare(
                            "gcc", "-g", "-MD", "-I" + box.work + "/project", "-c", one + "/src/a.c", "-o", "a.o")
                    .in(one.resolve(directory).normalize())
                    .env("CAIRN_PATH_REMAP", "auto");
            String mapping = directory.equals(".") ? one + "=." : one + "/=./";
            assertThat(likeMapped(one, command, "-ffile-prefix-map=" + mapping).word())
                    .isEqualTo("miss");
            assertThat(likeMapped(one, command, "-ffile-prefix-map=" + mapping).isHit())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "a#b", "a$b", "a=b", "a%b"})
    void aCheckoutWithAnAwkwardNameIsCachedUnmapped(String name) throws IOException {
        Path root = checkout(name);
        assertThat(likeMapped(root, compile(root, "gcc", true, "-g"), "-DNOTHING")
                        .word())
                .isEqualTo("miss");
        assertThat(likeMapped(root, compile(root, "gcc", true, "-g"), "-DNOTHING")
                        .isHit())
                .isTrue();
        assertThat(notes(root.resolve("build/a.o"))).anyMatch(line -> line.contains("unmappable_root"));
    }

    /** What is remembered of an invocation was found under the settings of then. */
    @Test
    void offInTheFileIsTheBareCompilerAlsoForWhatWasMappedBefore() throws IOException {
        Path one = checkout("filed");
        Path file = box.write("filed.toml", "path_remap = \"auto\"\n");
        Command bare = compile(one, "gcc", true, "-g").unset("CAIRN_PATH_REMAP").env("CAIRN_CONFIG", file.toString());
        Command command = bare.after(box.launcher().toString());
        likeMapped(one, bare);
        assertThat(likeMapped(one, bare).isHit()).isTrue();
        bare.run().succeeded();
        byte[] wanted = box.read("filed/build/a.o");
        box.write("filed.toml", "path_remap = \"off\"\n");
        await("the file to be looked at").atMost(Duration.ofSeconds(20)).until(() -> {
            command.run().succeeded();
            return Arrays.equals(box.read("filed/build/a.o"), wanted);
        });
    }

    @Test
    void offIsByteForByteTheBareCompiler() throws IOException {
        Path one = checkout("one");
        Command off = compile(one, "gcc", true, "-g").env("CAIRN_PATH_REMAP", "off");
        assertThat(likeMapped(one, off, "-DNOTHING").word()).isEqualTo("miss");
        assertThat(likeMapped(one, off, "-DNOTHING").isHit()).isTrue();
    }

    @Test
    void pathsAreCheckedWhereTheUserWantsIt() throws IOException {
        Path one = checkout("one");
        Command absolute = compile(one, "gcc", true).after(box.launcher().toString());
        Command relative = compile(one, "gcc", false).after(box.launcher().toString());
        assertThat(box.outcome(relative.env("CAIRN_STRICT_PATHS", "absolute")))
                .isEqualTo(new Outcome("passthrough", "strict_paths", ""));
        assertThat(box.outcome(absolute.env("CAIRN_STRICT_PATHS", "absolute")).word())
                .isEqualTo("miss");
        assertThat(box.outcome(relative.env("CAIRN_STRICT_PATHS", "consistent")).word())
                .isEqualTo("miss");
        assertThat(box.outcome(relative.with("-I" + one + "/src").env("CAIRN_STRICT_PATHS", "consistent")))
                .isEqualTo(new Outcome("passthrough", "strict_paths", ""));
    }

    @Test
    void aCheckoutThatAppearsOrGoesIsNoticed() throws IOException {
        Path one = plain("outer/one");
        Command command = compile(one, "gcc", true, "-g");
        assertThat(likeMapped(one, command, "-DNOTHING").word()).isEqualTo("miss");
        assertThat(likeMapped(one, command, "-DNOTHING").isHit()).isTrue();
        box.write("outer/one/.git/HEAD", "x\n");
        assertThat(likeMapped(one, command).word()).isEqualTo("miss");
        assertThat(likeMapped(one, command).isHit()).isTrue();
    }
}
