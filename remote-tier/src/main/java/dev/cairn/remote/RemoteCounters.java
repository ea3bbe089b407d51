package dev.cairn.remote;

import java.util.concurrent.atomic.LongAdder;

/** What is counted. Thread-safe. */
final class RemoteCounters {
    final LongAdder found = new LongAdder();
    final LongAdder absent = new LongAdder();
    final LongAdder filtered = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder damaged = new LongAdder();
    final LongAdder untrusted = new LongAdder();
    final LongAdder hedges = new LongAdder();
    final LongAdder bytesDown = new LongAdder();
    final LongAdder bytesUp = new LongAdder();

    RemoteStatus.Counters snapshot(UploadProgress uploads) {
        return new RemoteStatus.Counters(
                found.sum(),
                absent.sum(),
                filtered.sum(),
                errors.sum(),
                timeouts.sum(),
                skipped.sum(),
                damaged.sum(),
                untrusted.sum(),
                hedges.sum(),
                bytesDown.sum(),
                bytesUp.sum(),
                uploads);
    }
}
