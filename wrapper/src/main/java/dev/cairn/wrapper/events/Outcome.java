package dev.cairn.wrapper.events;

/** What a request became. */
public enum Outcome {
    HIT,
    MISS,
    PASSTHROUGH,
    ERROR
}
