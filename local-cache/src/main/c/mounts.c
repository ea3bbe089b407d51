#include "mounts.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096 };

bool cairn_look_with_mount(int directory, const char *path, struct statx *is) {
    return statx(directory, path, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, is) == 0 && (is->stx_mask & STATX_MNT_ID) != 0;
}

/* Whether a mount is one of those in a table. Lines may be longer than what is read at a time. */
static bool lists(FILE *table, uint64_t mount) {
    char line[LINE];
    bool begins = true, found = false;
    while (!found && fgets(line, sizeof line, table) != NULL) {
        found = begins && strtoull(line, NULL, 10) == mount;
        begins = strchr(line, '\n') != NULL;
    }
    return found;
}

static bool is_of_the_root(FILE *table) {
    struct statx root;
    struct statfs system;
    return fstatfs(fileno(table), &system) == 0 && system.f_type == PROC_SUPER_MAGIC && cairn_look_with_mount(AT_FDCWD, "/", &root)
        && lists(table, root.stx_mnt_id);
}

int cairn_mounts_open(void) {
    FILE *table = fopen("/proc/self/mountinfo", "re");
    if (table == NULL)
        return NO_MOUNTS;
    int fd = is_of_the_root(table) ? fcntl(fileno(table), F_DUPFD_CLOEXEC, 0) : FOREIGN_MOUNTS;
    fclose(table);
    return fd;
}

int cairn_mounts_changed(int mounts) {
    struct pollfd table = {.fd = mounts, .events = POLLPRI};
    return poll(&table, 1, 0);
}

bool cairn_tells_changes(const struct statfs *system) {
    switch ((uint32_t)system->f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case TMPFS_MAGIC: return true;
    default: return false;
    }
}
