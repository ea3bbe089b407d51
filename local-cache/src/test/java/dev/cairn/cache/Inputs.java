package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Inputs as a daemon knows them, and what has to be so when others change them. */
final class Inputs {
    private static final int ROUNDS = 4;

    private final FileStates states = new FileStates(Optional::empty);

    WatchedFile at(Path path) {
        return at(path.toString());
    }

    /** As it is written. */
    WatchedFile at(String path) {
        return states.at(path);
    }

    /** Expects the content that is there now. */
    Expectations content(Path path) {
        WatchedFile watched = at(path);
        return new Expectations(List.of(watched.expectContent(watched.content().orElseThrow())));
    }

    /** Waits until a stamp is old enough to be trusted. */
    static void outlast(long stamp) {
        while (CoarseClock.now() <= stamp + 5_000_000) {
            Thread.onSpinWait();
        }
    }

    /** Asks until stamps are old enough to be trusted and everything that can be is left to the feed; says if it is. */
    static boolean settle(Path path, Expectations expectations) {
        outlast(FileStates.signatureOf(path.toString()).orElseThrow().ctime());
        for (int i = 0; i < 4; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        return expectations.restOnFeed();
    }

    /** Expects the content that is there now; nothing but the feed will be asked about it. */
    Expectations covered(Path path) {
        return covered(path, () -> content(path));
    }

    /** As above, for what else may be expected of a file. */
    Expectations covered(Path path, Supplier<Expectations> expected) {
        content(path);
        settle(path, expected.get());
        Expectations expectations = expected.get();
        assertThat(settle(path, expectations)).as("left to the feed").isTrue();
        return expectations;
    }

    /** Has a file changed in one of the {@link OtherProcess#ways}, by its own or another name, and asks after each change. */
    void seeEveryChange(Path file, Path program, String how, Path written) throws IOException {
        Expectations before = covered(file);
        try (OtherProcess other = OtherProcess.start(program, how, written)) {
            other.change();
            assertThat(before.hold())
                    .as("first change, opened after it was watched")
                    .isFalse();
            for (int round = 1; round < ROUNDS; round++) {
                Expectations again = content(file);
                boolean left = settle(file, again);
                assertThat(left && how.contains("held"))
                        .as("a file open for writing is left to the feed")
                        .isFalse();
                other.change();
                assertThat(again.hold()).as("change %s", round).isFalse();
            }
        }
    }

    /** Has a file changed by who had it open before it was first watched; nobody would tell of the opening. */
    void leaveToStat(Path file, Path program, String how, Path written) throws IOException {
        try (OtherProcess other = OtherProcess.start(program, how, written)) {
            settle(file, content(file));
            Expectations expectations = content(file);
            assertThat(settle(file, expectations)).as("left to the feed").isFalse();
            other.change();
            assertThat(expectations.hold()).isFalse();
        }
    }
}
