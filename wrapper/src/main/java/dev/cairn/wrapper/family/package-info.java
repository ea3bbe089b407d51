/** Compilers: command lines, dependency lists, identities. Knows no storage. */
@NullMarked
package dev.cairn.wrapper.family;

import org.jspecify.annotations.NullMarked;
