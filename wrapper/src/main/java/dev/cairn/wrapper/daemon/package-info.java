/** The process that answers launchers. */
@NullMarked
package dev.cairn.wrapper.daemon;

import org.jspecify.annotations.NullMarked;
