package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildNameTest {
    @TempDir
    Path directory;

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @ParameterizedTest
    @CsvSource({
        "https://github.com/owner/name.git, owner/name",
        "https://user@host:8443/group/sub/name, group/sub/name",
        "git@github.com:owner/name.git, owner/name",
        "ssh://git@host/owner/name.git/, owner/name",
        "/srv/git/name.git, srv/git/name",
        "../name, ../name",
    })
    void theOriginNamesTheRepository(String url, String name) throws IOException {
        write("c/.git/HEAD", "ref: refs/heads/topic/x\n");
        write(
                "c/.git/config",
                "[core]\n\tbare = false\n[remote \"other\"]\n\turl = no\n[remote \"origin\"]\n\tfetch = +a:b\n\turl = "
                        + url + "\n[branch \"main\"]\n\tremote = origin\n");
        write("c/.git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
        Files.createDirectories(directory.resolve("c/build/deep"));
        assertThat(BuildName.of(directory.resolve("c/build/deep"), Map.of()))
                .isEqualTo(new BuildName(name, "topic/x", "trunk"));
    }

    @Test
    void aLinkedWorktreeHasTheBranchOfItsOwn() throws IOException {
        write("main/.git/HEAD", "ref: refs/heads/main\n");
        write("main/.git/config", "[remote \"origin\"]\n\turl = https://host/o/n\n");
        write("main/.git/worktrees/w/HEAD", "ref: refs/heads/other\n");
        write("main/.git/worktrees/w/commondir", "../..\n");
        write("linked/.git", "gitdir: " + directory.resolve("main/.git/worktrees/w") + "\n");
        assertThat(BuildName.of(directory.resolve("linked"), Map.of()))
                .isEqualTo(new BuildName("o/n", "other", "main"));
    }

    @Test
    void withoutACheckoutTheDirectoryNamesIt() {
        assertThat(BuildName.of(directory.resolve("project"), Map.of()))
                .isEqualTo(new BuildName("project", "HEAD", "main"));
    }

    @Test
    void aDetachedCheckoutHasNoBranch() throws IOException {
        write("c/.git/HEAD", "0123456789012345678901234567890123456789\n");
        assertThat(BuildName.of(directory.resolve("c"), Map.of()).branch()).isEqualTo("HEAD");
    }

    @Test
    void theVariablesOfAContinuousIntegrationSayMore() throws IOException {
        write("c/.git/HEAD", "ref: refs/heads/main\n");
        Path checkout = directory.resolve("c");
        assertThat(BuildName.of(
                        checkout,
                        Map.of(
                                "GITHUB_REPOSITORY", "o/n",
                                "GITHUB_HEAD_REF", "feature",
                                "GITHUB_REF_NAME", "12/merge",
                                "GITHUB_BASE_REF", "trunk")))
                .isEqualTo(new BuildName("o/n", "feature", "trunk"));
        assertThat(BuildName.of(
                        checkout, Map.of("GITHUB_REPOSITORY", "o/n", "GITHUB_HEAD_REF", "", "GITHUB_REF_NAME", "main")))
                .isEqualTo(new BuildName("o/n", "main", "main"));
        assertThat(BuildName.of(
                        checkout,
                        Map.of("CI_PROJECT_PATH", "g/n", "CI_COMMIT_REF_NAME", "topic", "CI_DEFAULT_BRANCH", "dev")))
                .isEqualTo(new BuildName("g/n", "topic", "dev"));
        assertThat(BuildName.reads("GITHUB_BASE_REF")).isTrue();
        assertThat(BuildName.reads("GITHUB_TOKEN")).isFalse();
    }
}
