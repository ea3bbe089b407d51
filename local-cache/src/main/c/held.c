#include "held.h"

#include "mounts.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DIRECTORIES = 256, FILES = 4096 }; /* of tables */
enum { MOST = 8192, MOST_AT_ONCE = 64, LARGEST = 1 << 20, MOST_BYTES = 64 << 20 };
enum { UNCHANGED_MS = 100, UNCHANGED_COARSE_MS = 2100 }; /* how long a directory has to be as it is */
enum { CLOCK_SET_MS = 50 };                              /* what shows that the clock was set */
enum { ALONE = -1 };

struct held_file {
    struct held_file *next, *sibling;
    const struct held_directory *directory;
    uint64_t size;
    int fd; /* or NOT_HELD */
    char name[];
};

/* A directory, the way to it, and its stamps. */
struct state {
    uint64_t device, inode, mount;
    int64_t mtime, ctime;
};

struct held_directory {
    struct held_directory *next;
    struct held_file *files;
    struct state state;
    size_t length;
    int fd; /* or NOT_HELD */
    char path[];
};

static atomic_int users; /* of everything here but mount_table and counters; ALONE is one that changes it */
static struct held_directory *directories[DIRECTORIES];
static struct held_file *files[FILES];
static int mounts = -1;      /* tells once of each change since it was last asked */
static uint64_t held_under;  /* the mount table when the first of the files was opened */
static int64_t clock_offset; /* of the clock then, in milliseconds */
static uint64_t bytes;       /* of all files, when they were opened */
static unsigned descriptors;
static atomic_uint count;      /* of all files and directories, also of those not to be held */
static atomic_bool impossible; /* to hold anything, in this process */
static atomic_ullong answered;

/* Nobody waits for it: who can't have it does without. */
static bool share(void) {
    int now = atomic_load(&users);
    while (now >= 0)
        if (atomic_compare_exchange_weak(&users, &now, now + 1))
            return true;
    return false;
}

static bool have_alone(void) {
    int nobody = 0;
    return atomic_compare_exchange_strong(&users, &nobody, ALONE);
}

static void leave_alone(void) {
    atomic_store(&users, 0);
}

/* Numbers the states of the mount table. */
static uint64_t mount_table_now(void) {
    static pthread_mutex_t polling = PTHREAD_MUTEX_INITIALIZER;
    static uint64_t mount_table;
    pthread_mutex_lock(&polling);
    if (mounts < 0 || cairn_mounts_changed(mounts) != 0)
        mount_table++;
    uint64_t now = mount_table;
    pthread_mutex_unlock(&polling);
    return now;
}

static int64_t milliseconds(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t clock_offset_now(void) {
    return milliseconds(CLOCK_REALTIME_COARSE) - milliseconds(CLOCK_MONOTONIC_COARSE);
}

static uint32_t hash(const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static const char *name_of(const struct appearance *file) {
    return file->path + file->directory_length;
}

static struct held_directory **place_of(const struct appearance *file) {
    struct held_directory **at = &directories[hash(file->path, file->directory_length) % DIRECTORIES];
    while (*at != NULL && ((*at)->length != file->directory_length || memcmp((*at)->path, file->path, (*at)->length) != 0))
        at = &(*at)->next;
    return at;
}

static struct held_file **first_of(const struct held_directory *directory, const char *name) {
    return &files[(hash(name, strlen(name)) ^ (uint32_t)directory->state.inode) % FILES];
}

static struct state state_of(const struct statx *is) {
    return (struct state){cairn_device(is), is->stx_ino, is->stx_mnt_id, cairn_nanos(is->stx_mtime), cairn_nanos(is->stx_ctime)};
}

/* Whether the path leads to the same directory by the same mount, and every name in it where it led. */
static bool is_as_it_was(const struct held_directory *directory) {
    struct statx is;
    if (!cairn_look_with_mount(AT_FDCWD, directory->path, &is))
        return false;
    struct state now = state_of(&is);
    return memcmp(&now, &directory->state, sizeof now) == 0;
}

/* Whether no mount came or went, and the clock was not set, since the first of the files was opened. */
static bool is_as_then(void) {
    return mount_table_now() == held_under && llabs(clock_offset_now() - clock_offset) < CLOCK_SET_MS;
}

bool cairn_held_begin(void) {
    if (atomic_load_explicit(&count, memory_order_relaxed) == 0 || !share())
        return false;
    if (is_as_then())
        return true;
    cairn_held_end();
    return false;
}

void cairn_held_end(void) {
    atomic_fetch_sub(&users, 1);
}

const struct held_directory *cairn_held_directory(const struct appearance *file) {
    const struct held_directory *known = *place_of(file);
    return known != NULL && (known->fd < 0 || is_as_it_was(known)) ? known : NULL;
}

int cairn_held_descriptor(const struct held_directory *directory) {
    return directory->fd;
}

int cairn_held_file(const struct held_directory *directory, const struct appearance *file) {
    if (directory->fd < 0)
        return NOT_HELD;
    const char *name = name_of(file);
    const struct held_file *known = *first_of(directory, name);
    while (known != NULL && (known->directory != directory || strcmp(known->name, name) != 0))
        known = known->next;
    return known == NULL ? UNKNOWN : known->fd;
}

static void close_held(int fd) {
    if (fd >= 0 && close(fd) == 0)
        descriptors--;
}

static void release_file(struct held_file *file) {
    struct held_file **place = first_of(file->directory, file->name);
    while (*place != file)
        place = &(*place)->next;
    *place = file->next;
    close_held(file->fd);
    bytes -= file->size;
    atomic_fetch_sub(&count, 1);
    free(file);
}

static void release(struct held_directory **place) {
    struct held_directory *directory = *place;
    for (struct held_file *file = directory->files, *next; file != NULL; file = next) {
        next = file->sibling;
        release_file(file);
    }
    *place = directory->next;
    close_held(directory->fd);
    atomic_fetch_sub(&count, 1);
    free(directory);
}

static void release_some(bool everything) {
    for (int i = 0; i < DIRECTORIES; i++)
        for (struct held_directory **place = &directories[i]; *place != NULL;)
            if (everything || ((*place)->fd >= 0 && !is_as_it_was(*place)))
                release(place);
            else
                place = &(*place)->next;
}

/* Whether every later change of its names will show in how a directory looks. A stamp may be one of those that are whole seconds. */
static bool is_settled(const struct statx *is) {
    int64_t age = milliseconds(CLOCK_REALTIME_COARSE) - cairn_nanos(is->stx_ctime) / 1000000;
    return age > (is->stx_ctime.tv_nsec == 0 ? UNCHANGED_COARSE_MS : UNCHANGED_MS);
}

/* On the root's mount, and not in another part that can be removed as a whole; not where others keep what is theirs. */
static bool is_to_be_held(int fd, const struct statx *is) {
    struct statx root;
    struct statfs system;
    return is->stx_uid == 0 && (is->stx_mode & (S_IWGRP | S_IWOTH | S_ISVTX)) == 0 && cairn_look_with_mount(AT_FDCWD, "/", &root)
        && root.stx_mnt_id == is->stx_mnt_id && cairn_device(&root) == cairn_device(is)
        && fstatfs(fd, &system) == 0 && cairn_tells_changes(&system);
}

/* As it is now; NULL when it can't be opened, or was just changed. */
static struct held_directory *open_directory(const struct appearance *file) {
    struct statx is;
    struct held_directory *directory = calloc(1, sizeof *directory + file->directory_length + 1);
    if (directory == NULL)
        return NULL;
    directory->length = file->directory_length;
    memcpy(directory->path, file->path, directory->length);
    directory->fd = open(directory->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool settled = directory->fd >= 0 && cairn_look_with_mount(directory->fd, "", &is) && is_settled(&is);
    if (settled)
        directory->state = state_of(&is);
    if (directory->fd >= 0 && !(settled && is_to_be_held(directory->fd, &is))) {
        close(directory->fd);
        directory->fd = NOT_HELD;
    }
    if (settled)
        return directory;
    free(directory);
    return NULL;
}

/* The directory that a path is in as it is now; NULL when it can't be held now. */
static struct held_directory *hold_directory(const struct appearance *file) {
    struct held_directory **place = place_of(file);
    if (*place != NULL && cairn_held_directory(file) == NULL)
        release(place);
    else if (*place != NULL)
        return *place;
    struct held_directory *directory = open_directory(file);
    if (directory != NULL) {
        directory->next = *place;
        *place = directory;
        descriptors += directory->fd >= 0;
        atomic_fetch_add(&count, 1);
    }
    return directory;
}

/* A descriptor; NOT_HELD for what is not to be held; UNKNOWN when it can't be opened. */
static int open_file(const struct held_directory *directory, const char *name, struct statx *is) {
    int fd = openat(directory->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return UNKNOWN;
    if (cairn_look_with_mount(fd, "", is) && S_ISREG(is->stx_mode) && is->stx_size <= LARGEST && is->stx_mnt_id == directory->state.mount)
        return fd;
    close(fd);
    return NOT_HELD;
}

static void hold_file(struct held_directory *directory, const char *name) {
    struct statx is;
    size_t length = strlen(name);
    int fd = open_file(directory, name, &is);
    struct held_file *file = fd == UNKNOWN ? NULL : malloc(sizeof *file + length + 1);
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    struct held_file **first = first_of(directory, name);
    *file = (struct held_file){*first, directory->files, directory, fd < 0 ? 0 : is.stx_size, fd};
    memcpy(file->name, name, length + 1);
    *first = directory->files = file;
    bytes += file->size;
    descriptors += fd >= 0;
    atomic_fetch_add(&count, 1);
}

/* Whether more may be held: most descriptors are left to everything else. */
static bool has_room(void) {
    struct rlimit limit;
    return atomic_load(&count) < MOST && bytes < MOST_BYTES && getrlimit(RLIMIT_NOFILE, &limit) == 0 && descriptors < limit.rlim_cur / 4;
}

/* Has what is opened from now on be held under the mount table and the clock of now; false when nothing can be. */
static bool prepare(void) {
    struct statfs root;
    if (mounts < 0) {
        bool useful = statfs("/", &root) == 0 && cairn_tells_changes(&root);
        mounts = useful ? cairn_mounts_open() : FOREIGN_MOUNTS;
        atomic_store(&impossible, mounts == FOREIGN_MOUNTS);
    }
    if (mounts < 0)
        return false;
    if (!is_as_then() || !has_room()) {
        release_some(true);
        held_under = mount_table_now();
        clock_offset = clock_offset_now();
    }
    return true;
}

void cairn_held_add(const struct appearance *const *list, uint32_t from, uint32_t to) {
    if (atomic_load_explicit(&impossible, memory_order_relaxed) || !have_alone())
        return;
    struct held_directory *directory = NULL;
    unsigned left = prepare() ? MOST_AT_ONCE : 0;
    for (uint32_t at = from; at < to && left > 0; at++) {
        if (at == from || !cairn_beside(list[at - 1], list[at]))
            directory = has_room() && cairn_shares_directory(list + at, to - at) ? hold_directory(list[at]) : NULL;
        if (directory != NULL && list[at]->kind == SAME && cairn_held_file(directory, list[at]) == UNKNOWN && has_room()) {
            hold_file(directory, name_of(list[at]));
            left--;
        }
    }
    leave_alone();
}

void cairn_held_tidy(bool everything) {
    if (!have_alone())
        return;
    release_some(everything || !is_as_then());
    if (everything && mounts >= 0) {
        close(mounts);
        mounts = -1;
    }
    leave_alone();
}

void cairn_held_answered(uint32_t looks) {
    atomic_fetch_add_explicit(&answered, looks, memory_order_relaxed);
}

uint64_t cairn_held_answers(void) {
    return atomic_load(&answered);
}
