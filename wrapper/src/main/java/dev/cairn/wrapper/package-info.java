/** The program that {@code cairn} starts: composition, daemon and command line. */
@NullMarked
package dev.cairn.wrapper;

import org.jspecify.annotations.NullMarked;
