package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import dev.cairn.wrapper.protocol.Request;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Phase: remembers the last verified answers to each invocation as written. In memory, and when there is nothing else to do
 * also for the next daemon. Thread-safe.
 */
final class Recall {
    /** Bytes, about. */
    private static final int MOST = 28 << 20;

    private static final int ENTRY = 1500;

    /** A file or directory, which others expect too: the references to it. */
    private static final int INPUT = 16;

    private static final int MOST_UNKEPT = 20_000;

    private final Conditions conditions;
    private final KeptAnswers kept;

    /** Invocations whose answers are not kept yet. */
    private final Set<Digest> unkept = ConcurrentHashMap.newKeySet();

    private final Cache<Digest, Remembered> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MOST)
            .weigher((Digest key, Remembered remembered) -> remembered.weight())
            .build();

    /**
     * The answers to one invocation, one for each source.
     *
     * @param directory the working directory
     * @param inputs what all of them rest on: what several do is looked at once
     */
    private record Remembered(String directory, List<Recollection> answers, InputSet inputs) {
        int weight() {
            int own = answers.stream()
                    .mapToInt(answer -> ENTRY + INPUT * answer.inputs().size())
                    .sum();
            return answers.size() == 1 ? own : own + INPUT * inputs.size();
        }
    }

    Recall(Conditions conditions, KeptAnswers kept) {
        this.conditions = conditions;
        this.kept = kept;
    }

    /** Returns what is remembered, one answer for each source, if everything that it rests on still holds. */
    Optional<List<Recollection>> of(Digest requestKey, Request request) {
        Remembered remembered = known.getIfPresent(requestKey);
        if (remembered == null) {
            return kept.of(requestKey).filter(answers -> hold(answers, request));
        }
        return remembered.inputs().holds() && hold(remembered.answers(), request)
                ? Optional.of(remembered.answers())
                : Optional.empty();
    }

    private boolean hold(List<Recollection> answers, Request request) {
        for (Recollection answer : answers) {
            if (conditions.broken(request, answer.conditions()).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Remembers the answers to a whole invocation, in the order of its sources, so that what they print stays in order.
     */
    void remember(Digest requestKey, Request request, List<Recollection> answers) {
        List<Recollection> sorted = answers.stream()
                .sorted(Comparator.comparingInt(answer -> answer.target().position()))
                .toList();
        InputSet inputs =
                InputSet.union(sorted.stream().map(Recollection::inputs).toList());
        known.put(requestKey, new Remembered(request.directory(), sorted, inputs));
        if (unkept.size() < MOST_UNKEPT) {
            unkept.add(requestKey);
        }
    }

    /** Keeps what was remembered since the last call, as far as there is time. */
    void keep(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (Digest requestKey : List.copyOf(unkept)) {
            if (System.nanoTime() > end) {
                return;
            }
            unkept.remove(requestKey);
            Remembered remembered = known.getIfPresent(requestKey);
            if (remembered != null) {
                kept.keep(requestKey, remembered.directory(), remembered.inputs(), remembered.answers());
            }
        }
    }

    void clear() {
        known.invalidateAll();
        unkept.clear();
    }
}
