#pragma once

#include "appearances.h"

/*
 * Names in a directory are compared by numbers: of so many bits that two names with one number are not to be expected. Arrays of them
 * are sorted.
 */

/* Numbers the names in a directory; how many there are, or -1 when there are more, or it cannot be listed. */
int32_t cairn_names(const char *path, uint64_t *numbers, int32_t most);

/* Numbers some names, of which each ends with a NUL. */
void cairn_number(const char *names, uint64_t *numbers, int32_t count);

/* Whether every name in a directory is one of those numbered; the numbers may lie at any address. */
bool cairn_has_only(int parent, const char *path, const uint8_t *numbers, size_t count);

/*
 * The two ways to ask whether a directory that changes all the time has got a name that matters. Both are false unless it is still the
 * same directory with the same permissions, and has changed after a moment.
 */

/* Whether it has none of some names, of which each ends with a NUL. A link that leads nowhere has its name too. */
bool cairn_lacks(const struct appearance *directory, int64_t since, const char *names, int32_t count);

/* Whether it has no name that is not numbered. */
bool cairn_has_no_other(const struct appearance *directory, int64_t since, const uint64_t *numbers, int32_t count);
