/*
 * Looks at many paths in one call: a hit rests on some hundred files, and going in and out of the JVM for each costs a daemon that was
 * just started more than the files themselves. Paths that follow each other in one directory are looked up from there, which spares the
 * kernel the way from the root; the directory is opened anew in every call, or found by its path to be the one that is held (held.h), so
 * it is the one that the path leads to now. The layout is that of Appearance.java.
 */
#include "appearances.h"

#include "held.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORTH_OPENING = 3 };
enum { SELDOM = 8 }; /* a daemon that was just started has better things to do than to hold files open */

int64_t cairn_nanos(struct statx_timestamp stamp) {
    return stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

uint64_t cairn_device(const struct statx *is) {
    return (uint64_t)is->stx_dev_major << 32 | is->stx_dev_minor;
}

bool cairn_same_file(const struct statx *is, const struct appearance *was) {
    return is->stx_ino == was->inode && cairn_device(is) == was->device;
}

static bool same(const struct statx *is, const struct appearance *was) {
    return cairn_same_file(is, was) && is->stx_size == was->size && is->stx_mode == was->mode && cairn_nanos(is->stx_ctime) == was->ctime
        && cairn_nanos(is->stx_mtime) == was->mtime;
}

bool cairn_signature(const char *path, struct appearance *is) {
    struct statx file;
    if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &file) != 0)
        return false;
    *is = (struct appearance){.path = path, .device = cairn_device(&file), .inode = file.stx_ino, .size = file.stx_size,
                              .mtime = cairn_nanos(file.stx_mtime), .ctime = cairn_nanos(file.stx_ctime), .mode = file.stx_mode};
    return true;
}

/* Whether what is there, or that nothing is (NULL), is as it was. */
static bool is_as(const struct appearance *was, const struct statx *is) {
    switch (was->kind) {
    case SAME: return is != NULL && same(is, was);
    case THERE: return is != NULL;
    case ABSENT: return is == NULL;
    case NOT_REGULAR: return is == NULL || !S_ISREG(is->stx_mode);
    case SAME_FILE: return is != NULL && cairn_same_file(is, was);
    case NOT_A_DIRECTORY: return is == NULL || !S_ISDIR(is->stx_mode);
    default: return false;
    }
}

/* A path that ends with its directory has no name to be looked up there. */
const char *cairn_below(const struct appearance *was, int directory) {
    const char *name = was->path + was->directory_length;
    return directory >= 0 && *name != '\0' ? name : was->path;
}

bool cairn_looks(const struct appearance *was, int directory) {
    struct statx is;
    return is_as(was, statx(directory, cairn_below(was, directory), 0, STATX_BASIC_STATS, &is) == 0 ? &is : NULL);
}

static bool looks_when_held(const struct appearance *was, int fd) {
    struct statx is;
    if (fd == MISSING)
        return is_as(was, NULL);
    return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &is) == 0 && is_as(was, &is);
}

bool cairn_beside(const struct appearance *one, const struct appearance *other) {
    return one != NULL && other != NULL && one->directory_length == other->directory_length
        && memcmp(one->path, other->path, one->directory_length) == 0;
}

bool cairn_shares_directory(struct appearance *const *list, uint32_t left) {
    for (uint32_t i = 1; i < WORTH_OPENING; i++)
        if (i >= left || !cairn_beside(list[0], list[i]))
            return false;
    return list[0]->directory_length < LONGEST_DIRECTORY;
}

/* Where paths are looked up: from the root, or from the directory that they share. */
struct base {
    const struct appearance *first; /* of those in the directory; NULL for the root */
    int fd;
    bool opened; /* for this call */
};

static const struct base root = {.fd = AT_FDCWD};

/* One call. */
struct look {
    struct held_call held;
    bool holding;
    struct base base;
    uint32_t answers, missing; /* looks at what is held, and at what could be */
};

static struct base base_of(struct appearance *const *list, uint32_t left, struct look *look) {
    char directory[LONGEST_DIRECTORY];
    if (!cairn_shares_directory(list, left))
        return root;
    int held = look->holding ? cairn_held_directory(list[0], &look->held) : UNKNOWN;
    if (held >= 0)
        return (struct base){list[0], held, false};
    memcpy(directory, list[0]->path, list[0]->directory_length);
    directory[list[0]->directory_length] = '\0';
    int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? root : (struct base){list[0], fd, true};
}

static void leave(const struct base *base) {
    if (base->opened)
        close(base->fd);
}

static bool looks(struct appearance *const *list, uint32_t left, struct look *look) {
    struct appearance *was = list[0];
    int held = look->holding ? cairn_held_file(was, &look->held) : UNKNOWN;
    if (held >= 0 || held == MISSING) {
        look->answers++;
        return looks_when_held(was, held);
    }
    if (!cairn_beside(look->base.first, was)) {
        leave(&look->base);
        look->base = base_of(list, left, look);
    }
    look->missing += held == UNKNOWN && (look->base.first != NULL || (look->holding && cairn_held_around(was)));
    return cairn_looks(was, look->base.fd);
}

uint32_t cairn_first_unlike(struct appearance *const *list, uint32_t from, uint32_t count) {
    static atomic_uint calls;
    struct look look = {.holding = cairn_held_begin(), .base = root};
    uint32_t at = from;
    while (at < count && list[at] != NULL && looks(list + at, count - at, &look))
        at++;
    leave(&look.base);
    if (look.holding)
        cairn_held_end();
    if (look.answers > 0)
        cairn_held_answered(look.answers);
    if (look.missing > 0 && atomic_fetch_add(&calls, 1) % SELDOM == SELDOM - 1)
        cairn_held_add(list, from, at);
    return at;
}
