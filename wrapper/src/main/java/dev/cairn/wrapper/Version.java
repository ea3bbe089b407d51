package dev.cairn.wrapper;

/** The version of this program. */
public final class Version {
    private Version() {}

    /** Returns the version as in the jar's manifest; {@code development} when run from classes. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
