package dev.cairn.wrapper.pipeline;

/** Something that forbids storing a compilation's result. */
final class Doubt extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final String detail;

    /**
     * Makes a doubt.
     *
     * @param reason a word for statistics
     * @param detail one line for a person
     */
    Doubt(String reason, String detail) {
        super(reason, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
