/**
 * Tests of the whole: the real launcher, a real daemon and real compilers, in a directory of their own. Each compares with
 * what the compiler alone does.
 */
@NullMarked
package dev.cairn.wrapper.e2e;

import org.jspecify.annotations.NullMarked;
