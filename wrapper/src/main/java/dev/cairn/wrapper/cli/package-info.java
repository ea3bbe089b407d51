/**
 * The command line: {@code cairn stats}, {@code cairn doctor} and their like. The doors are {@link CommandLineTool}, which
 * the program's entry calls, and {@link DaemonClient}, which asks a running daemon. One class per command; what all of
 * them need (where things are, where to print) comes in {@link Surroundings}. Compilations never pass through here.
 */
@NullMarked
package dev.cairn.wrapper.cli;

import org.jspecify.annotations.NullMarked;
