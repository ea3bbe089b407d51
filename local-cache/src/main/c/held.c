#include "held.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

enum { BUCKETS = 256, FILE_BUCKETS = 64, MOST = 8192, MOST_AT_ONCE = 64, LARGEST = 1 << 20 };
enum { UNCHANGED_MS = 100, UNCHANGED_MS_IF_COARSE = 2100 }; /* how long a directory has to be as it is; its stamps may be whole seconds */

struct held_file {
    struct held_file *next;
    int fd; /* or NOT_HELD */
    char name[];
};

struct held_directory {
    struct held_directory *next;
    int fd; /* or NOT_HELD: one that is not to be held */
    struct statx is;
    struct held_file *files[FILE_BUCKETS];
    size_t length;
    char path[];
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER; /* of everything here but: */
static pthread_mutex_t polling = PTHREAD_MUTEX_INITIALIZER; /* of the two after it */
static int mounts = -1; /* tells once of each change since it was last asked */
static uint64_t mount_table;
static uint64_t held_under; /* the mount table when the first of the files was opened */
static struct held_directory *directories[BUCKETS];
static atomic_uint count; /* of all files and directories */
static atomic_ullong answered;

/* Numbers the states of the mount table. */
static uint64_t mount_table_now(void) {
    pthread_mutex_lock(&polling);
    struct pollfd table = {.fd = mounts, .events = POLLPRI};
    if (mounts < 0 || poll(&table, 1, 0) != 0)
        mount_table++;
    uint64_t now = mount_table;
    pthread_mutex_unlock(&polling);
    return now;
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
    struct held_directory **at = &directories[hash(file->path, file->directory_length) % BUCKETS];
    while (*at != NULL && ((*at)->length != file->directory_length || memcmp((*at)->path, file->path, (*at)->length) != 0))
        at = &(*at)->next;
    return at;
}

static bool same_stamp(struct statx_timestamp one, struct statx_timestamp other) {
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

/* Whether it is the same directory, reached by the same mount, with the names that it had. */
static bool same_directory(const struct statx *one, const struct statx *other) {
    return one->stx_ino == other->stx_ino && one->stx_dev_major == other->stx_dev_major && one->stx_dev_minor == other->stx_dev_minor
        && one->stx_mnt_id == other->stx_mnt_id && same_stamp(one->stx_ctime, other->stx_ctime)
        && same_stamp(one->stx_mtime, other->stx_mtime);
}

/* How a path looks, and by which mount it is reached; false if it can't be asked for, or the kernel does not tell. */
static bool look(int directory, const char *path, struct statx *is) {
    return statx(directory, path, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, is) == 0 && (is->stx_mask & STATX_MNT_ID) != 0;
}

bool cairn_held_begin(void) {
    if (atomic_load_explicit(&count, memory_order_relaxed) == 0 || pthread_rwlock_tryrdlock(&lock) != 0)
        return false;
    if (mount_table_now() == held_under)
        return true;
    pthread_rwlock_unlock(&lock);
    return false;
}

void cairn_held_end(void) {
    pthread_rwlock_unlock(&lock);
}

const struct held_directory *cairn_held_directory(const struct appearance *file) {
    const struct held_directory *known = *place_of(file);
    struct statx is;
    return known != NULL && known->fd >= 0 && look(AT_FDCWD, known->path, &is) && same_directory(&is, &known->is) ? known : NULL;
}

int cairn_held_descriptor(const struct held_directory *directory) {
    return directory->fd;
}

int cairn_held_file(const struct held_directory *directory, const struct appearance *file) {
    const char *name = name_of(file);
    const struct held_file *known = directory->files[hash(name, strlen(name)) % FILE_BUCKETS];
    while (known != NULL && strcmp(known->name, name) != 0)
        known = known->next;
    return known == NULL ? UNKNOWN : known->fd;
}

static void release(struct held_directory *directory) {
    for (int i = 0; i < FILE_BUCKETS; i++)
        for (struct held_file *file = directory->files[i], *next; file != NULL; file = next) {
            next = file->next;
            if (file->fd >= 0)
                close(file->fd);
            free(file);
            atomic_fetch_sub(&count, 1);
        }
    if (directory->fd >= 0)
        close(directory->fd);
    free(directory);
    atomic_fetch_sub(&count, 1);
}

static void release_all(void) {
    for (int i = 0; i < BUCKETS; i++)
        for (struct held_directory *next; directories[i] != NULL; directories[i] = next) {
            next = directories[i]->next;
            release(directories[i]);
        }
}

/* Every change of a name in a directory moves its stamps there, and every change of a file the file's. */
static bool keeps_stamps(int fd) {
    struct statfs is;
    if (fstatfs(fd, &is) != 0)
        return false;
    switch ((uint32_t)is.f_type) {
    case 0xEF53u:     /* ext4 */
    case 0x58465342u: /* xfs */
    case 0x9123683Eu: /* btrfs */
        return true;
    default: return false;
    }
}

static bool is_old(struct statx_timestamp stamp, struct timespec now) {
    int64_t age = (now.tv_sec - stamp.tv_sec) * 1000 + (now.tv_nsec - (int64_t)stamp.tv_nsec) / 1000000;
    return age > (stamp.tv_nsec == 0 ? UNCHANGED_MS_IF_COARSE : UNCHANGED_MS);
}

/* Whether every later change of its names will show in how a directory looks. */
static bool is_settled(int fd, struct statx *is) {
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 && look(fd, "", is) && is_old(is->stx_ctime, now) && is_old(is->stx_mtime, now);
}

/* The system's, on the root's mount: of a user's own nothing is held, who may want to lock or remove it as a whole. */
static bool is_to_be_held(int fd, const struct statx *is) {
    struct statx root;
    return is->stx_uid == 0 && look(AT_FDCWD, "/", &root) && root.stx_mnt_id == is->stx_mnt_id && keeps_stamps(fd);
}

/* As it is now; NULL when it can't be opened, or was just changed. */
static struct held_directory *open_directory(const struct appearance *file) {
    struct held_directory *directory = calloc(1, sizeof *directory + file->directory_length + 1);
    if (directory == NULL)
        return NULL;
    directory->length = file->directory_length;
    memcpy(directory->path, file->path, directory->length);
    directory->fd = open(directory->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool settled = directory->fd >= 0 && is_settled(directory->fd, &directory->is);
    bool held = settled && is_to_be_held(directory->fd, &directory->is);
    if (directory->fd >= 0 && !held) {
        close(directory->fd);
        directory->fd = NOT_HELD;
    }
    if (settled)
        return directory;
    free(directory);
    return NULL;
}

/* The directory that a path is in as it is now; NULL when it can't be held. */
static struct held_directory *hold_directory(const struct appearance *file) {
    struct held_directory **place = place_of(file), *known = *place;
    if (known != NULL && known->fd >= 0 && cairn_held_directory(file) == NULL) {
        *place = known->next;
        release(known);
        place = place_of(file);
        known = NULL;
    }
    if (known == NULL && (known = open_directory(file)) != NULL) {
        *place = known;
        atomic_fetch_add(&count, 1);
    }
    return known != NULL && known->fd >= 0 ? known : NULL;
}

static int open_file(const struct held_directory *directory, const char *name) {
    struct statx is;
    int fd = openat(directory->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || (look(fd, "", &is) && S_ISREG(is.stx_mode) && is.stx_size <= LARGEST && is.stx_mnt_id == directory->is.stx_mnt_id))
        return fd;
    close(fd);
    return NOT_HELD;
}

static void hold_file(struct held_directory *directory, const char *name) {
    size_t length = strlen(name);
    struct held_file *file = malloc(sizeof *file + length + 1);
    if (file == NULL)
        return;
    struct held_file **first = &directory->files[hash(name, length) % FILE_BUCKETS];
    memcpy(file->name, name, length + 1);
    file->fd = open_file(directory, name);
    file->next = *first;
    *first = file;
    atomic_fetch_add(&count, 1);
}

/* How many more may be held now: what leaves most descriptors to everything else. */
static unsigned room(void) {
    struct rlimit limit;
    unsigned held = atomic_load(&count);
    rlim_t most = getrlimit(RLIMIT_NOFILE, &limit) != 0 ? 0 : limit.rlim_cur / 4 < MOST ? limit.rlim_cur / 4 : MOST;
    return held >= most ? 0 : most - held < MOST_AT_ONCE ? (unsigned)most - held : MOST_AT_ONCE;
}

/* Has what is opened from now on be held under the mount table of now. */
static bool prepare(void) {
    if (mounts < 0)
        mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (mounts < 0)
        return false;
    uint64_t now = mount_table_now();
    if (now != held_under)
        release_all();
    held_under = now;
    return true;
}

void cairn_held_add(const struct appearance *const *list, uint32_t from, uint32_t to) {
    if (pthread_rwlock_trywrlock(&lock) != 0)
        return;
    struct held_directory *directory = NULL;
    unsigned left = prepare() ? room() : 0;
    for (uint32_t at = from; at < to && left > 0; at++) {
        if (at == from || !cairn_beside(list[at - 1], list[at]))
            directory = cairn_shares_directory(list + at, to - at) ? hold_directory(list[at]) : NULL;
        if (directory != NULL && list[at]->kind == SAME && cairn_held_file(directory, list[at]) == UNKNOWN) {
            hold_file(directory, name_of(list[at]));
            left--;
        }
    }
    pthread_rwlock_unlock(&lock);
}

void cairn_held_release(void) {
    pthread_rwlock_wrlock(&lock);
    release_all();
    pthread_rwlock_unlock(&lock);
}

void cairn_held_answered(uint32_t looks) {
    atomic_fetch_add_explicit(&answered, looks, memory_order_relaxed);
}

uint64_t cairn_held_answers(void) {
    return atomic_load(&answered);
}
