/*
 * The system calls of ChangeFeed.java: watching everything that decides what a path leads to and what is in the file there, and reading
 * what happened. See there for why this is enough.
 */
#include "feed.h"

#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME, FILE_ITSELF, DIRECTORY_ITSELF };
enum { NOT_COVERED = -1, MOUNTS_CHANGED = -2, FAILED = -3, MOST_LINKS = 40 };

static const uint32_t directory_events = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
static const uint32_t file_events = IN_MODIFY | IN_CLOSE_WRITE | IN_OPEN | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

int cairn_feed_open(int32_t descriptors[2]) {
    descriptors[0] = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    descriptors[1] = cairn_mounts_open();
    if (descriptors[0] >= 0 && descriptors[1] >= 0)
        return 0;
    close(descriptors[0]);
    close(descriptors[1]);
    return FAILED;
}

void cairn_feed_close(const int32_t descriptors[2]) {
    close(descriptors[0]);
    close(descriptors[1]);
}

int cairn_feed_drain(const int32_t descriptors[2], void *buffer, uint32_t size) {
    int changed = cairn_mounts_changed(descriptors[1]);
    if (changed != 0)
        return changed < 0 ? FAILED : MOUNTS_CHANGED;
    ssize_t length = read(descriptors[0], buffer, size);
    return length >= 0 ? (int)length : errno == EAGAIN ? 0 : FAILED;
}

/* Nobody has the file open for writing, or mapped so. The lease lasts no longer than the question; who runs into it tells us by a signal. */
static bool has_no_writer(int fd) {
    bool none = fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    if (none)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    return none;
}

/*
 * Watches a file and leaves it open, for cairn_feed_settle: the file that is open, whatever the path leads to by then, so that what is
 * asked of the one holds for the other.
 */
static int watch_file(int feed, const char *path, int32_t *file) {
    struct statfs where;
    struct stat is;
    char opened[32];
    *file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (*file < 0 || fstat(*file, &is) != 0 || !S_ISREG(is.st_mode) || fstatfs(*file, &where) != 0 || !cairn_tells_changes(&where))
        return -1;
    snprintf(opened, sizeof opened, "/proc/self/fd/%d", *file);
    return inotify_add_watch(feed, opened, file_events);
}

bool cairn_feed_settle(int32_t file) {
    bool none = has_no_writer(file);
    close(file);
    return none;
}

static int watch_directory(int feed, const char *path) {
    struct statfs where;
    if (statfs(path, &where) != 0 || !cairn_tells_changes(&where))
        return -1;
    return inotify_add_watch(feed, path, directory_events | IN_ONLYDIR | IN_DONT_FOLLOW);
}

/* Puts the target of a link before the rest of the way. */
static bool follow(const char *link, char *rest, const char *left, char *at) {
    char way[2 * PATH_MAX];
    ssize_t length = readlink(link, way, PATH_MAX - 1);
    if (length <= 0)
        return false;
    if (way[0] == '/')
        strcpy(at, "/");
    int more = snprintf(way + length, sizeof way - (size_t)length, "/%s", left);
    if (more < 0 || length + more >= PATH_MAX)
        return false;
    strcpy(rest, way);
    return true;
}

static void up(char *at) {
    char *slash = strrchr(at, '/');
    slash[slash == at ? 1 : 0] = '\0';
}

int cairn_feed_watch(const int32_t descriptors[2], const char *path, struct step *steps, int32_t room, int32_t *file) {
    char rest[PATH_MAX], at[PATH_MAX] = "/", next[PATH_MAX];
    struct stat is;
    int count = 0, links = 0;
    *file = -1;
    if (path[0] != '/' || strlen(path) >= sizeof rest)
        return NOT_COVERED;
    strcpy(rest, path);
    for (char *left = rest;;) {
        left += strspn(left, "/");
        size_t length = strcspn(left, "/");
        int watch = watch_directory(descriptors[0], at);
        if (watch < 0 || count >= room || length > NAME_MAX)
            return NOT_COVERED;
        struct step *step = &steps[count++];
        *step = (struct step){.watch = watch, .kind = length == 0 ? DIRECTORY_ITSELF : NAME};
        if (length == 0)
            return count;
        memcpy(step->name, left, length);
        left += length;
        if (strcmp(step->name, ".") == 0 || strcmp(step->name, "..") == 0) {
            if (step->name[1] == '.')
                up(at);
            continue;
        }
        if ((size_t)snprintf(next, sizeof next, "%s/%s", at[1] == '\0' ? "" : at, step->name) >= sizeof next)
            return NOT_COVERED;
        if (lstat(next, &is) != 0)
            return errno == ENOENT ? count : NOT_COVERED;
        if (S_ISLNK(is.st_mode)) {
            if (links++ >= MOST_LINKS || !follow(next, rest, left, at))
                return NOT_COVERED;
            left = rest;
        } else if (S_ISDIR(is.st_mode)) {
            strcpy(at, next);
        } else if (left[strspn(left, "/")] != '\0') {
            return count; /* nothing can be below a file */
        } else {
            watch = watch_file(descriptors[0], next, file);
            if (watch < 0 || count >= room)
                return NOT_COVERED;
            steps[count++] = (struct step){.watch = watch, .kind = FILE_ITSELF};
            return count;
        }
    }
}
