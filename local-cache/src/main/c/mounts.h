#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/statfs.h>

/* Where a file is: what tells that something was mounted in front of it, and what its file system can be trusted with. */

enum { NO_MOUNTS = -1, FOREIGN_MOUNTS = -2 };

/*
 * Opens the table of mounts, which tells when it changes: a descriptor, NO_MOUNTS, or FOREIGN_MOUNTS when it is not the kernel's own, or
 * not of the mounts that this process sees (its root is another namespace's), or the kernel does not say which mount that is.
 */
int cairn_mounts_open(void);

/* Whether it changed since this was last asked of it: 0 when not, 1 when it did, negative when that can't be said. */
int cairn_mounts_changed(int mounts);

/* How a path looks, and by which mount it is reached; false if it can't be asked for, or the kernel does not tell. */
bool cairn_look_with_mount(int directory, const char *path, struct statx *is);

/*
 * Whether a file system is one where every change passes this kernel's own files, and is known to be told: by events, and by the stamps
 * of a file, and of its directory when a name comes to lead elsewhere.
 */
bool cairn_tells_changes(const struct statfs *system);
