package dev.cairn.wrapper.pipeline;

import java.util.Optional;

/**
 * How records of builds stand. Immutable.
 *
 * @param pending builds whose records are not left yet
 * @param failed builds whose records could not be left
 * @param fault one line on the last of these
 */
public record RecordProgress(int pending, int failed, Optional<String> fault) {}
