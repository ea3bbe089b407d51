package dev.cairn.wrapper;

/**
 * Ends the JDK's search for a second {@link System.LoggerFinder}, which it does not use: it would open all jars for that, which takes
 * some 65 ms of a daemon's start on a slow machine. Looking for files of services it is always one file ahead, so there have to be two
 * of them, in the first two jars of the class path: ours, which names two finders, and that of the one that is used.
 */
public final class UnusedLoggerFinder extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        throw new UnsupportedOperationException("another one was named before this");
    }
}
