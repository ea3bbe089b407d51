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

static bool same_file(const struct statx *is, const struct appearance *was) {
    return is->stx_ino == was->inode && cairn_device(is) == was->device;
}

static bool same(const struct statx *is, const struct appearance *was) {
    return same_file(is, was) && is->stx_size == was->size && is->stx_mode == was->mode && cairn_nanos(is->stx_ctime) == was->ctime
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

bool cairn_beside(const struct appearance *one, const struct appearance *other) {
    return one != NULL && other != NULL && one->directory_length == other->directory_length
        && memcmp(one->path, other->path, one->directory_length) == 0;
}

bool cairn_shares_directory(const struct appearance *const *list, uint32_t left) {
    for (uint32_t i = 1; i < WORTH_OPENING; i++)
        if (i >= left || !cairn_beside(list[0], list[i]))
            return false;
    return list[0]->directory_length < LONGEST_DIRECTORY;
}

/* Where paths are looked up: from the root, or from the directory that they share. */
struct base {
    const struct appearance *first; /* of those in the directory; NULL for the root */
    const struct held_directory *held; /* what is known of it; NULL for nothing */
    int fd;
};

static const struct base root = {.fd = AT_FDCWD};

static struct base base_of(const struct appearance *const *list, uint32_t left, bool holding) {
    char directory[LONGEST_DIRECTORY];
    if (!cairn_shares_directory(list, left))
        return root;
    const struct held_directory *held = holding ? cairn_held_directory(list[0]) : NULL;
    if (held != NULL && cairn_held_descriptor(held) >= 0)
        return (struct base){list[0], held, cairn_held_descriptor(held)};
    memcpy(directory, list[0]->path, list[0]->directory_length);
    directory[list[0]->directory_length] = '\0';
    int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? root : (struct base){list[0], held, fd};
}

static void leave(const struct base *base) {
    if (base->first != NULL && (base->held == NULL || cairn_held_descriptor(base->held) != base->fd))
        close(base->fd);
}

/* Looks of one call at files in directories that many share. */
struct tally {
    uint32_t held, missing;
};

static bool looks(const struct base *base, const struct appearance *was, struct tally *tally) {
    struct statx is;
    if (was->kind == SAME && base->first != NULL) {
        int fd = base->held == NULL ? UNKNOWN : cairn_held_file(base->held, was);
        if (fd >= 0) {
            tally->held++;
            return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &is) == 0 && same(&is, was);
        }
        tally->missing += fd == UNKNOWN;
    }
    return cairn_looks(was, base->fd, base->first == NULL ? 0 : was->directory_length);
}

/* As cairn_first_unlike; counts the looks at what is held and at what could be. */
static uint32_t first_unlike(const struct appearance *const *list, uint32_t from, uint32_t count, bool holding, struct tally *tally) {
    struct base base = root;
    uint32_t at = from;
    for (; at < count && list[at] != NULL; at++) {
        if (!cairn_beside(base.first, list[at])) {
            leave(&base);
            base = base_of(list + at, count - at, holding);
        }
        if (!looks(&base, list[at], tally))
            break;
    }
    leave(&base);
    return at;
}

uint32_t cairn_first_unlike(const struct appearance *const *list, uint32_t from, uint32_t count) {
    static atomic_uint calls;
    struct tally tally = {0, 0};
    bool holding = cairn_held_begin();
    uint32_t at = first_unlike(list, from, count, holding, &tally);
    if (holding)
        cairn_held_end();
    if (tally.held > 0)
        cairn_held_answered(tally.held);
    if (tally.missing > 0 && atomic_fetch_add(&calls, 1) % SELDOM == SELDOM - 1)
        cairn_held_add(list, from, at);
    return at;
}
