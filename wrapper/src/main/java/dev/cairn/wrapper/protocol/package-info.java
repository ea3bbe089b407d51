/** Frames between launcher, command line and daemon; see docs/protocol.md. */
@NullMarked
package dev.cairn.wrapper.protocol;

import org.jspecify.annotations.NullMarked;
