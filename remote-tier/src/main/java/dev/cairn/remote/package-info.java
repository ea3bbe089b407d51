/** Object stores, and the tier above them that other machines share: read-through, upload queue, prefetch. */
@NullMarked
package dev.cairn.remote;

import org.jspecify.annotations.NullMarked;
