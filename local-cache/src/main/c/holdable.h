#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* What can be held open (held.h): in which directories, and when these have been as they are for long enough. */

/* A directory, the way to it, and its stamps. */
struct state {
    uint64_t device, inode, mount;
    int64_t mtime, ctime;
};

struct state cairn_state_of(const struct statx *is);

/* Between the clock and one that can't be set, in milliseconds. */
int64_t cairn_clock_offset(void);

/* Whether every later change of its names will show in how a directory looks. A stamp may be one of those that are whole seconds. */
bool cairn_is_settled(const struct statx *is);

/* Whether a directory has not been changed for so long that no name can be on its way into it any more. */
bool cairn_is_old(const struct state *state);

/*
 * Whether an open directory is on the root's mount, and not in another part that can be removed as a whole; not one where others keep what
 * is theirs, nor one where names come and go with a key.
 */
bool cairn_is_to_be_held(int fd, const struct statx *is);

/* Whether a name is that of something in a directory. */
bool cairn_is_entry(const char *name);

/* How long the path of the directory is that this one is an entry of, as the path is written; 0 when it does not say so. */
uint32_t cairn_parent_length(const char *path, uint32_t length);
