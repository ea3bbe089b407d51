package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.SessionName;
import dev.cairn.remote.WarmLimits;
import dev.cairn.remote.WarmProgress;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warm-ups: what earlier builds used is fetched before it is asked for, on demand, or by itself when the store had the
 * answer to a compilation, since it will then have more of what this build asks for. Thread-safe.
 */
final class Prefetch {
    private static final Logger LOG = LoggerFactory.getLogger(Prefetch.class);
    private static final WarmLimits LIMITS = new WarmLimits(256L << 20, Duration.ofMinutes(1), 16);
    private static final Duration AGAIN = Duration.ofMinutes(10);

    /** Builds of one branch in several directories have one record. */
    private record Build(RemoteOptions options, SessionName name) {}

    private record Place(RemoteOptions options, String directory) {}

    private final Preparation preparation;
    private final Cache<Place, Boolean> places = recent();
    private final Cache<Build, Boolean> builds = recent();

    Prefetch(Preparation preparation) {
        this.preparation = preparation;
    }

    private static <K> Cache<K, Boolean> recent() {
        return Caffeine.newBuilder().maximumSize(1_000).expireAfterWrite(AGAIN).build();
    }

    /** To be told that the store had an answer: fetches in the background what else this build will use, once in a while. */
    void found(ArtifactCache cache, Settings settings, RemoteTier remote, Request request) {
        RemoteOptions options = settings.remote();
        boolean first =
                options.prefetch() && places.asMap().putIfAbsent(new Place(options, request.directory()), true) == null;
        if (first) {
            Thread.ofPlatform().daemon(true).name("prefetch").start(() -> {
                try {
                    prefetch(cache, options, remote, request);
                } catch (RuntimeException e) {
                    LOG.info("nothing was prefetched: {}", e.toString());
                }
            });
        }
    }

    private void prefetch(ArtifactCache cache, RemoteOptions options, RemoteTier remote, Request request) {
        BuildName name = BuildName.of(Path.of(request.directory()), request.environment());
        List<SessionName> names = Stream.of(name.branch(), name.base())
                .distinct()
                .map(branch -> name.session(branch, options.configuration()))
                .filter(session -> builds.asMap().putIfAbsent(new Build(options, session), true) == null)
                .toList();
        if (!names.isEmpty()) {
            LOG.info("prefetched: {}", warm(cache, options, remote, names, LIMITS, progress -> {}));
        }
    }

    /** Fetches what earlier builds used. Takes as long as its limits say. */
    WarmProgress warm(
            ArtifactCache cache,
            RemoteOptions options,
            RemoteTier remote,
            List<SessionName> names,
            WarmLimits limits,
            Consumer<WarmProgress> progress) {
        Preparation.Once prepared = preparation.begin();
        return remote.warm(
                names,
                limits,
                use -> Warmed.lacks(cache, options, use),
                (use, entry, fetched) -> Warmed.take(cache, options, prepared, use, entry, fetched),
                progress);
    }
}
