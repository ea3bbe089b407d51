/*
 * Looks at many paths in one call: a hit rests on some hundred files, and going in and out of the JVM for each costs a daemon that was
 * just started more than the files themselves. Paths that follow each other in one directory are looked up from there, which spares the
 * kernel the way from the root; the directory is opened anew in every call, so it is the one that the path leads to now. The layout is
 * that of Appearance.java.
 */
#include "appearances.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { WORTH_OPENING = 3 };

static int64_t nanos(struct statx_timestamp stamp) {
    return stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

static uint64_t device(const struct statx *is) {
    return (uint64_t)is->stx_dev_major << 32 | is->stx_dev_minor;
}

static bool same_file(const struct statx *is, const struct appearance *was) {
    return is->stx_ino == was->inode && device(is) == was->device;
}

static bool same(const struct statx *is, const struct appearance *was) {
    return same_file(is, was) && is->stx_size == was->size && nanos(is->stx_ctime) == was->ctime && nanos(is->stx_mtime) == was->mtime
        && is->stx_mode == was->mode;
}

bool cairn_signature(const char *path, struct appearance *is) {
    struct statx file;
    if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &file) != 0)
        return false;
    *is = (struct appearance){.path = path, .device = device(&file), .inode = file.stx_ino, .size = file.stx_size,
                              .mtime = nanos(file.stx_mtime), .ctime = nanos(file.stx_ctime), .mode = file.stx_mode};
    return true;
}

bool cairn_looks(const struct appearance *was, int directory, size_t skip) {
    struct statx is;
    bool there = statx(directory, was->path + skip, 0, STATX_BASIC_STATS, &is) == 0;
    switch (was->kind) {
    case SAME: return there && same(&is, was);
    case THERE: return there;
    case ABSENT: return !there;
    case NOT_REGULAR: return !there || !S_ISREG(is.stx_mode);
    case SAME_FILE: return there && same_file(&is, was);
    case NOT_A_DIRECTORY: return !there || !S_ISDIR(is.stx_mode);
    default: return false;
    }
}

static bool beside(const struct appearance *one, const struct appearance *other) {
    return one != NULL && other != NULL && one->directory_length == other->directory_length
        && memcmp(one->path, other->path, one->directory_length) == 0;
}

/* The directory of a path, if enough of those that follow are in it; else -1. */
static int open_shared(const struct appearance *const *list, uint32_t left) {
    char directory[LONGEST_DIRECTORY];
    for (uint32_t i = 1; i < WORTH_OPENING; i++)
        if (i >= left || !beside(list[0], list[i]))
            return -1;
    if (list[0]->directory_length >= sizeof directory)
        return -1;
    memcpy(directory, list[0]->path, list[0]->directory_length);
    directory[list[0]->directory_length] = '\0';
    return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

uint32_t cairn_first_unlike(const struct appearance *const *list, uint32_t from, uint32_t count) {
    const struct appearance *opened = NULL;
    int directory = -1;
    uint32_t at = from;
    for (; at < count && list[at] != NULL; at++) {
        if (opened == NULL || !beside(opened, list[at])) {
            if (directory >= 0)
                close(directory);
            directory = open_shared(list + at, count - at);
            opened = directory < 0 ? NULL : list[at];
        }
        if (!cairn_looks(list[at], directory < 0 ? AT_FDCWD : directory, directory < 0 ? 0 : list[at]->directory_length))
            break;
    }
    if (directory >= 0)
        close(directory);
    return at;
}
