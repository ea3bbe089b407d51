/** The Java side of the GitHub Action: warm-up before the build, upload after it. */
@NullMarked
package dev.cairn.gha;

import org.jspecify.annotations.NullMarked;
