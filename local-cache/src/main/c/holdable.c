#include "holdable.h"

#include "appearances.h"
#include "mounts.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

enum { UNCHANGED_MS = 100, UNCHANGED_COARSE_MS = 2100 }; /* how long a directory has to be as it is */

static int64_t milliseconds(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t cairn_clock_offset(void) {
    return milliseconds(CLOCK_REALTIME_COARSE) - milliseconds(CLOCK_MONOTONIC_COARSE);
}

static int64_t age(int64_t stamp) {
    return milliseconds(CLOCK_REALTIME_COARSE) - stamp / 1000000;
}

struct state cairn_state_of(const struct statx *is) {
    return (struct state){cairn_device(is), is->stx_ino, is->stx_mnt_id, cairn_nanos(is->stx_mtime), cairn_nanos(is->stx_ctime)};
}

bool cairn_is_settled(const struct statx *is) {
    return age(cairn_nanos(is->stx_ctime)) > (is->stx_ctime.tv_nsec == 0 ? UNCHANGED_COARSE_MS : UNCHANGED_MS);
}

bool cairn_is_old(const struct state *state) {
    return age(state->ctime) > UNCHANGED_COARSE_MS;
}

bool cairn_is_to_be_held(int fd, const struct statx *is) {
    struct statx root;
    struct statfs system;
    return is->stx_uid == 0 && (is->stx_mode & (S_IWGRP | S_IWOTH | S_ISVTX)) == 0 && (is->stx_attributes & STATX_ATTR_ENCRYPTED) == 0
        && cairn_look_with_mount(AT_FDCWD, "/", &root) && root.stx_mnt_id == is->stx_mnt_id && cairn_device(&root) == cairn_device(is)
        && fstatfs(fd, &system) == 0 && cairn_tells_changes(&system);
}

bool cairn_is_entry(const char *name) {
    return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

uint32_t cairn_parent_length(const char *path, uint32_t length) {
    if (length < 2 || path[length - 2] == '/')
        return 0;
    uint32_t parent = length - 1;
    while (parent > 0 && path[parent - 1] != '/')
        parent--;
    bool dots = path[parent] == '.' && (length - parent == 2 || (length - parent == 3 && path[parent + 1] == '.'));
    return dots ? 0 : parent;
}
