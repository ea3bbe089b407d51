package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatxTest {
    @TempDir
    Path temporary;

    @Test
    void aSignatureIsWhatTheFileSystemSays() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "content");
        FileSignature found = Statx.signature(file.toString()).orElseThrow();
        assertThat(found.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(found.size()).isEqualTo(7);
        assertThat(found.mtime()).isEqualTo(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
        assertThat(found.mode()).isEqualTo(Files.getAttribute(file, "unix:mode"));
        assertThat(found.isRegular()).isTrue();
        assertThat(Statx.signature(Statx.cString(file.toString()))).hasValue(found);
        assertThat(Statx.matches(Statx.cString(file.toString()), found)).isTrue();
    }

    @Test
    void everyFieldCounts() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "content");
        FileSignature s = Statx.signature(file.toString()).orElseThrow();
        for (FileSignature other : new FileSignature[] {
            new FileSignature(s.device() + 1, s.inode(), s.size(), s.mtime(), s.ctime(), s.mode()),
            new FileSignature(s.device(), s.inode() + 1, s.size(), s.mtime(), s.ctime(), s.mode()),
            new FileSignature(s.device(), s.inode(), s.size() + 1, s.mtime(), s.ctime(), s.mode()),
            new FileSignature(s.device(), s.inode(), s.size(), s.mtime() + 1, s.ctime(), s.mode()),
            new FileSignature(s.device(), s.inode(), s.size(), s.mtime(), s.ctime() + 1, s.mode()),
            new FileSignature(s.device(), s.inode(), s.size(), s.mtime(), s.ctime(), s.mode() ^ 1),
        }) {
            assertThat(s).isNotEqualTo(other);
            assertThat(Statx.matches(Statx.cString(file.toString()), other)).isFalse();
        }
        FileSignature same = new FileSignature(s.device(), s.inode(), s.size(), s.mtime(), s.ctime(), s.mode());
        assertThat(s).isEqualTo(same).hasSameHashCodeAs(same);
    }

    @Test
    void whatNoFileCanBeCalledIsNotThere() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "content");
        assertThat(Statx.signature(file + "\0.h")).isEmpty();
        assertThat(Statx.signature(temporary.resolve("none").toString())).isEmpty();
        assertThat(Statx.signature("/" + "x".repeat(5000))).isEmpty();
        assertThat(Statx.signature("/" + "x/".repeat(2047))).isEmpty();
    }
}
