package dev.cairn.cache;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes on that something was found damaged, and remembers it until it is repaired: what is found before there is
 * anyone to act is acted on later, and what is found too late is left to the next opening. Thread-safe.
 */
final class Damage {
    private final Report files = new Report();
    private final Report rows = new Report();

    /** One kind of damage. */
    static final class Report {
        private final AtomicBoolean outstanding = new AtomicBoolean();
        private volatile Runnable action = () -> {};

        /** Says that there is damage. */
        void make() {
            outstanding.set(true);
            action.run();
        }

        /** Says what to do about it, which must return quickly and bear being repeated. */
        void attach(Runnable newAction) {
            action = newAction;
            if (outstanding.get()) {
                newAction.run();
            }
        }

        /** Says that repair begins; what is found from now on is new. */
        void repairing() {
            outstanding.set(false);
        }

        boolean isOutstanding() {
            return outstanding.get();
        }
    }

    /** Files of the database are damaged. */
    Report files() {
        return files;
    }

    /** A row is damaged. */
    Report rows() {
        return rows;
    }
}
