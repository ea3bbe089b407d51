/** One event per request, and what is counted and remembered of them. */
@NullMarked
package dev.cairn.wrapper.events;

import org.jspecify.annotations.NullMarked;
