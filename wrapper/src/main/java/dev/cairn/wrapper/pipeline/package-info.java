/** The way of a request through the phases; the only room that knows both compilers and storage. */
@NullMarked
package dev.cairn.wrapper.pipeline;

import org.jspecify.annotations.NullMarked;
