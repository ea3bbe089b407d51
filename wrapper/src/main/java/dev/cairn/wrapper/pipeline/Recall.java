package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.protocol.Request;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Phase: remembers the last verified answers to each invocation as written. In memory only. Thread-safe. */
final class Recall {
    /** Bytes, about. */
    private static final int MOST = 28 << 20;

    private static final int ENTRY = 1500;

    /** A file or directory, which others expect too: the references to it. */
    private static final int INPUT = 16;

    private final FileStates files;
    private final Conditions conditions;
    private final Cache<Digest, List<Recollection>> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MOST)
            .weigher((Digest key, List<Recollection> answers) -> answers.stream()
                    .mapToInt(answer -> ENTRY + INPUT * answer.inputs().size())
                    .sum())
            .build();

    Recall(FileStates files, Conditions conditions) {
        this.files = files;
        this.conditions = conditions;
    }

    /** Returns what is remembered, one answer for each source, if everything that it rests on still holds. */
    Optional<List<Recollection>> of(Digest requestKey, Request request) {
        List<Recollection> answers = known.getIfPresent(requestKey);
        if (answers == null) {
            return Optional.empty();
        }
        for (Recollection answer : answers) {
            if (!answer.inputs().holds()
                    || conditions.broken(request, answer.conditions()).isPresent()) {
                return Optional.empty();
            }
        }
        return Optional.of(answers);
    }

    /**
     * Remembers the answers to a whole invocation, in the order of its sources, so that what they print stays in order;
     * unless a response file changed while it was read.
     *
     * @param started when the invocation came, or later; nanoseconds since 1970
     */
    void remember(Digest requestKey, Request request, long started, List<Recollection> answers) {
        boolean quiet = answers.stream()
                .flatMap(answer -> answer.target().responseFiles().stream())
                .allMatch(path -> files.at(request.absolute(path))
                        .signature()
                        .filter(signature -> signature.isSettledBefore(started))
                        .isPresent());
        if (quiet) {
            known.put(
                    requestKey,
                    answers.stream()
                            .sorted(Comparator.comparingInt(
                                    answer -> answer.target().position()))
                            .toList());
        }
    }

    void clear() {
        known.invalidateAll();
    }
}
