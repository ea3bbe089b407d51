package dev.cairn.wrapper.family;

/**
 * Why an invocation is passed through.
 *
 * @param reason a word for statistics
 * @param detail the argument, file or variable that decided, for a person
 */
public record Refusal(String reason, String detail) {}
