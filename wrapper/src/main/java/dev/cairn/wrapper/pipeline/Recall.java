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
    private final Cache<Digest, Remembered> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MOST)
            .weigher((Digest key, Remembered remembered) -> remembered.weight())
            .build();

    /**
     * The answers to one invocation, one for each source.
     *
     * @param inputs what all of them rest on: what several do is looked at once
     */
    private record Remembered(List<Recollection> answers, InputSet inputs) {
        int weight() {
            int own = answers.stream()
                    .mapToInt(answer -> ENTRY + INPUT * answer.inputs().size())
                    .sum();
            return answers.size() == 1 ? own : own + INPUT * inputs.size();
        }
    }

    Recall(FileStates files, Conditions conditions) {
        this.files = files;
        this.conditions = conditions;
    }

    /** Returns what is remembered, one answer for each source, if everything that it rests on still holds. */
    Optional<List<Recollection>> of(Digest requestKey, Request request) {
        Remembered remembered = known.getIfPresent(requestKey);
        if (remembered == null || !remembered.inputs().holds()) {
            return Optional.empty();
        }
        List<Recollection> answers = remembered.answers();
        for (Recollection answer : answers) {
            if (conditions.broken(request, answer.conditions()).isPresent()) {
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
            List<Recollection> sorted = answers.stream()
                    .sorted(Comparator.comparingInt(answer -> answer.target().position()))
                    .toList();
            InputSet inputs =
                    InputSet.union(sorted.stream().map(Recollection::inputs).toList());
            known.put(requestKey, new Remembered(sorted, inputs));
        }
    }

    void clear() {
        known.invalidateAll();
    }
}
