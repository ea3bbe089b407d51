package dev.cairn.wrapper.family;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathsTest {
    @Test
    void whatIsBelowIsWithinAndWhatOnlyBeginsAlikeIsNot() {
        assertThat(Paths.isWithin("/a/b", "/a/b")).isTrue();
        assertThat(Paths.isWithin("/a/b/c", "/a/b")).isTrue();
        assertThat(Paths.isWithin("/a/bc", "/a/b")).isFalse();
        assertThat(Paths.isWithin("/a", "/a/b")).isFalse();
    }
}
