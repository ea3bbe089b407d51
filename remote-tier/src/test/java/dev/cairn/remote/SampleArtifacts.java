package dev.cairn.remote;

import dev.cairn.cache.Artifact;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Artifacts that tests store. */
final class SampleArtifacts {
    private SampleArtifacts() {}

    static Digest key(String name) {
        return Hasher.of("test").put(name).finish();
    }

    static Artifact artifact(byte[]... outputs) {
        List<Artifact.Output> list = new ArrayList<>();
        for (byte[] bytes : outputs) {
            list.add(new Artifact.Output(
                    "role" + list.size(),
                    list.size() % 2 == 1,
                    bytes.length,
                    Hasher.content(bytes),
                    new Artifact.Payload.Inline(bytes)));
        }
        return new Artifact(list, utf8("out\n"), utf8("warning: ü\n"));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
