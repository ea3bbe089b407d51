package dev.cairn.remote;

/**
 * What an object store can do beyond putting and getting. Immutable.
 *
 * @param conditionalPut whether it honours preconditions of a put
 * @param list whether it can list its objects
 */
public record Capabilities(Support conditionalPut, boolean list) {
    /** Whether something works. */
    public enum Support {
        YES,
        NO,
        /** To be found out by trying. */
        UNKNOWN
    }

    @Override
    public String toString() {
        return "conditional puts: "
                + switch (conditionalPut) {
                    case YES -> "yes";
                    case NO -> "no";
                    case UNKNOWN -> "not known";
                }
                + ", listing: "
                + (list ? "yes" : "no");
    }
}
