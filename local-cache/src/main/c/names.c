/* Which names are in a directory. */
#include "names.h"

#include "mounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

static uint64_t number_of(const char *name) {
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
    return hash ^ hash >> 33;
}

/* Takes the descriptor. */
static DIR *list(int fd) {
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (directory == NULL && fd >= 0)
        close(fd);
    return directory;
}

static int open_directory(int parent, const char *path) {
    return openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int by_value(const void *one, const void *other) {
    uint64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return (a > b) - (a < b);
}

int32_t cairn_names(const char *path, uint64_t *numbers, int32_t most) {
    int32_t count = 0;
    DIR *directory = list(open_directory(AT_FDCWD, path));
    if (directory == NULL)
        return -1;
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL && count <= most; entry = readdir(directory), count++)
        if (count < most)
            numbers[count] = number_of(entry->d_name);
    bool whole = errno == 0 && count <= most;
    closedir(directory);
    if (whole)
        qsort(numbers, (size_t)count, sizeof *numbers, by_value);
    return whole ? count : -1;
}

void cairn_number(const char *names, uint64_t *numbers, int32_t count) {
    for (int32_t i = 0; i < count; i++, names += strlen(names) + 1)
        numbers[i] = number_of(names);
    qsort(numbers, (size_t)count, sizeof *numbers, by_value);
}

/* Whether of all names in a directory each is one of those numbered, or none is. Takes the descriptor, which may be none. */
static bool lists_only(int fd, const void *numbers, size_t count, bool numbered) {
    bool so = true;
    DIR *directory = list(fd);
    if (directory == NULL)
        return false;
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL && so; entry = readdir(directory)) {
        uint64_t number = number_of(entry->d_name);
        so = (bsearch(&number, numbers, count, sizeof number, by_value) != NULL) == numbered;
    }
    so = so && errno == 0;
    closedir(directory);
    return so;
}

bool cairn_has_only(int parent, const char *path, const uint8_t *numbers, size_t count) {
    return lists_only(open_directory(parent, path), numbers, count, true);
}

/* Negative when another one is there. */
static int open_again(const struct appearance *was) {
    struct statx is;
    int fd = open_directory(AT_FDCWD, was->path);
    if (fd < 0 || (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &is) == 0 && cairn_same_file(&is, was) && is.stx_mode == was->mode))
        return fd;
    close(fd);
    return -1;
}

/* Over a network each name that is missing would be asked for anew whenever the directory has changed. */
static bool is_quick(int fd) {
    struct statfs system;
    return fstatfs(fd, &system) == 0 && (cairn_tells_changes(&system) || system.f_type == OVERLAYFS_SUPER_MAGIC);
}

static bool is_missing(int directory, const char *name) {
    struct statx is;
    return statx(directory, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &is) != 0 && (errno == ENOENT || errno == ENAMETOOLONG);
}

bool cairn_lacks(const struct appearance *directory, const char *names, const uint64_t *numbers, int32_t count, bool each) {
    int fd = open_again(directory);
    if (fd < 0 || !each || !is_quick(fd))
        return lists_only(fd, numbers, (size_t)count, false);
    int32_t missing = 0;
    for (; missing < count && is_missing(fd, names); missing++)
        names += strlen(names) + 1;
    close(fd);
    return missing == count;
}
