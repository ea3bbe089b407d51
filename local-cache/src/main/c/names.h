#pragma once

#include "appearances.h"

/*
 * Names in a directory are compared by numbers: of so many bits that two names with one number are not to be expected, but where it is
 * asked what a directory lacks they would be one name too many, not one too few. Arrays of them are sorted.
 */

/* Numbers the names in a directory; how many there are, or -1 when there are more, or it cannot be listed. */
int32_t cairn_names(const char *path, uint64_t *numbers, int32_t most);

/* Numbers some names, of which each ends with a NUL. */
void cairn_number(const char *names, uint64_t *numbers, int32_t count);

/* Whether every name in a directory is one of those numbered; the numbers may lie at any address. */
bool cairn_has_only(int parent, const char *path, const uint8_t *numbers, size_t count);

/*
 * Whether a directory is still the same, with the same permissions, and has none of some names, of which each ends with a NUL; a link that
 * leads nowhere has its name too. Where that is quick each is looked for, if `each`; otherwise the directory is listed.
 */
bool cairn_lacks(const struct appearance *directory, const char *names, const uint64_t *numbers, int32_t count, bool each);
