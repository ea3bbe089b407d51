package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Looks;
import dev.cairn.cache.Records;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Answers that the last daemon remembered, for the first time that each is asked for: by then nothing is known of its
 * inputs but how they looked, and that is looked at in one call. They are kept in a fixed number of places, of which each
 * invocation has one, and the last to come has it. Thread-safe.
 */
final class KeptAnswers {
    private static final int PLACES = 4096;

    /** Larger ones, of which there are few, would crowd out other records. */
    private static final int LARGEST = 64 << 10;

    private static final long USED = 20_000;

    private final Supplier<Optional<Records>> records;

    /** Those asked for since the start: they are looked up the second time, and then remembered with all that they rest on. */
    private final Cache<Digest, Boolean> used =
            Caffeine.newBuilder().executor(Runnable::run).maximumSize(USED).build();

    KeptAnswers(Supplier<Optional<Records>> records) {
        this.records = records;
    }

    /** Returns the answers to an invocation, if everything that they rest on looks as it did. */
    Optional<List<Recollection>> of(Digest request) {
        if (used.asMap().putIfAbsent(request, true) != null) {
            return Optional.empty();
        }
        return records.get()
                .flatMap(r -> r.get(Records.Kind.ANSWER, place(request)))
                .flatMap(AnswerCodec::decode)
                .filter(kept -> kept.request().equals(request) && Looks.areAlike(kept.looks()))
                .map(AnswerCodec.Kept::answers);
    }

    /**
     * Keeps the answers to an invocation, if they hold and that can be told by looks.
     *
     * @param directory the working directory
     */
    void keep(Digest request, String directory, InputSet inputs, List<Recollection> answers) {
        List<String> lively = Stream.concat(
                        Stream.of(directory), answers.stream().flatMap(answer -> answer.roots().names().stream()))
                .filter(path -> path.startsWith("/"))
                .toList();
        Optional<byte[]> looks = inputs.looks(lively);
        if (looks.isPresent()) {
            byte[] row = AnswerCodec.encode(new AnswerCodec.Kept(request, looks.get(), answers));
            if (row.length <= LARGEST) {
                records.get().ifPresent(r -> r.put(Records.Kind.ANSWER, place(request), row));
            }
        }
    }

    private static byte[] place(Digest request) {
        int place = Math.floorMod(request.hashCode(), PLACES);
        return new byte[] {(byte) (place >>> 8), (byte) place};
    }
}
