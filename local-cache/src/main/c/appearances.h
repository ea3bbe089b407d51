#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

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
    atomic_ullong held; /* whatever held.c remembers; 0 at first */
};

/* As a signature has them. */
int64_t cairn_nanos(struct statx_timestamp stamp);
uint64_t cairn_device(const struct statx *is);

/* Whether what is there is the same file, whatever is in it. */
bool cairn_same_file(const struct statx *is, const struct appearance *was);

/* How a path looks now; false when there is no such file, or it can't be reached. */
bool cairn_signature(const char *path, struct appearance *is);

/* The path as it is to be looked up from the directory that it is in, or, where that is not open (negative), as it is. */
const char *cairn_below(const struct appearance *was, int directory);

/* Whether a path, looked up from there, looks as it did. */
bool cairn_looks(const struct appearance *was, int directory);

/* Whether two paths are in one directory, as they are written. */
bool cairn_beside(const struct appearance *one, const struct appearance *other);

/* Whether enough of those that follow are in the first one's directory for it to be worth looking from there. */
bool cairn_shares_directory(struct appearance *const *list, uint32_t left);

/* The first of the list, from a place on, that does not look as it did, or is not there to compare with (NULL); `count` when all do. */
uint32_t cairn_first_unlike(struct appearance *const *list, uint32_t from, uint32_t count);

/*
 * Whether everything looks as it did when Looks.java wrote a record; names may be gone, if not `exactly`. False as well for bytes that
 * are none.
 */
bool cairn_all_alike(const uint8_t *bytes, int32_t length, bool exactly);
