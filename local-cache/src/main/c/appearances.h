#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAME, THERE, ABSENT, NOT_REGULAR, SAME_FILE, NOT_A_DIRECTORY, SAME_NAMES };
enum { LONGEST_DIRECTORY = 4096 };

struct appearance {
    const char *path;          /* absolute */
    uint32_t directory_length; /* up to and with the last slash */
    uint32_t kind;
    uint64_t device; /* major number above, minor number below */
    uint64_t inode, size;
    int64_t mtime, ctime; /* nanoseconds since 1970 */
    uint32_t mode;
};

/* Looks at a path below `directory`, which ends before the path's byte `skip`. */
bool cairn_looks(const struct appearance *was, int directory, size_t skip);
