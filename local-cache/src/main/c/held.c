#include "held.h"

#include "holdable.h"
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORIES = 256, FILES = 4096 }; /* of tables */
enum { MOST = 8192, MOST_AT_ONCE = 64, LARGEST = 1 << 20, MOST_BYTES = 64 << 20 };
enum { LONGEST_WAY = 64, MOST_DESCRIPTORS = 1 << 20 };
enum { CLOCK_SET_MS = 50 }; /* what shows that the clock was set */
enum { ALONE = -1 };
enum { NOT_ASKED, IS_AS_IT_WAS, IS_NOT }; /* of a directory in one call */

struct held_file {
    struct held_file *next, *sibling;
    const struct held_directory *directory;
    uint64_t size;
    int fd; /* or NOT_HELD, or MISSING */
    char name[];
};

struct held_directory {
    struct held_directory *next;
    const struct held_directory *parent; /* of which it is an entry; NULL when its path does not say so */
    struct held_file *files;
    struct state state;
    uint32_t number, depth;
    uint32_t length;
    int fd; /* or NOT_HELD */
    char path[];
};

/* What an appearance remembers of where its file is held. */
struct place {
    uint32_t generation; /* when that was so */
    uint32_t directory;
    int fd;
};

static atomic_int users; /* of everything here but mount_table and counters; ALONE is one that changes it */
static struct held_directory *directories[DIRECTORIES];
static struct held_directory *numbered[MOST_HELD_DIRECTORIES]; /* those that are held */
static struct held_file *files[FILES];
static uint32_t generation = 1; /* another one since anything was let go; never 0 */
static int mounts = -1;         /* tells once of each change since it was last asked */
static uint64_t held_under;     /* the mount table when the first of the files was opened */
static int64_t clock_offset;    /* of the clock then, in milliseconds */
static uint64_t bytes;          /* of all files, when they were opened */
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

static uint32_t hash(const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static const char *name_of(const struct appearance *file) {
    return file->path + file->directory_length;
}

static struct held_directory **place_of(const char *path, uint32_t length) {
    struct held_directory **at = &directories[hash(path, length) % DIRECTORIES];
    while (*at != NULL && ((*at)->length != length || memcmp((*at)->path, path, length) != 0))
        at = &(*at)->next;
    return at;
}

static struct held_file **first_of(const struct held_directory *directory, const char *name) {
    return &files[(hash(name, strlen(name)) ^ (uint32_t)directory->state.inode) % FILES];
}

/* Whether a directory, by its descriptor or its path, is the same by the same mount, and every name in it leads where it led. */
static bool looks_as_then(const struct held_directory *directory, int fd, const char *path) {
    struct statx is;
    if (!cairn_look_with_mount(fd, path, &is))
        return false;
    struct state now = cairn_state_of(&is);
    return memcmp(&now, &directory->state, sizeof now) == 0;
}

/* Whether the path leads to the directory, and every name in it where it led. */
static bool is_as_it_was(const struct held_directory *directory, struct held_call *call) {
    const struct held_directory *way[LONGEST_WAY];
    unsigned steps = 0;
    for (const struct held_directory *step = directory; step != NULL && call->directories[step->number] == NOT_ASKED; step = step->parent)
        way[steps++] = step;
    while (steps > 0) {
        const struct held_directory *step = way[--steps], *parent = step->parent;
        bool same = parent == NULL ? looks_as_then(step, AT_FDCWD, step->path)
                                   : call->directories[parent->number] == IS_AS_IT_WAS && looks_as_then(step, step->fd, "");
        call->directories[step->number] = same ? IS_AS_IT_WAS : IS_NOT;
    }
    return call->directories[directory->number] == IS_AS_IT_WAS;
}

/* Whether no mount came or went, and the clock was not set, since the first of the files was opened. */
static bool is_as_then(void) {
    return mount_table_now() == held_under && llabs(cairn_clock_offset() - clock_offset) < CLOCK_SET_MS;
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

int cairn_held_directory(const struct appearance *file, struct held_call *call) {
    const struct held_directory *known = *place_of(file->path, file->directory_length);
    return known == NULL ? UNKNOWN : known->fd < 0 || is_as_it_was(known, call) ? known->fd : UNKNOWN;
}

/* Of a file, or what is known not to be there. */
static const struct held_file *held_file(const struct held_directory *directory, const char *name) {
    const struct held_file *known = *first_of(directory, name);
    while (known != NULL && (known->directory != directory || strcmp(known->name, name) != 0))
        known = known->next;
    return known;
}

/* Spares whoever asks again the search for directory and name. Others may be doing the same. */
static void remember(struct appearance *file, const struct held_directory *directory, int fd) {
    if (fd < MOST_DESCRIPTORS - 1) {
        uint64_t place = fd == MISSING ? MOST_DESCRIPTORS - 1 : (uint64_t)fd;
        atomic_store_explicit(&file->held, (uint64_t)generation << 32 | (uint64_t)directory->number << 20 | place, memory_order_relaxed);
    }
}

static struct place remembered(struct appearance *file) {
    uint64_t place = atomic_load_explicit(&file->held, memory_order_relaxed);
    int fd = (int)(place & (MOST_DESCRIPTORS - 1));
    return (struct place){(uint32_t)(place >> 32), place >> 20 & (MOST_HELD_DIRECTORIES - 1), fd == MOST_DESCRIPTORS - 1 ? MISSING : fd};
}

int cairn_held_file(struct appearance *file, struct held_call *call) {
    struct place place = remembered(file);
    if (place.generation == generation)
        return is_as_it_was(numbered[place.directory], call) ? place.fd : UNKNOWN;
    const struct held_directory *directory = *place_of(file->path, file->directory_length);
    if (directory == NULL)
        return UNKNOWN;
    if (directory->fd < 0 || !cairn_is_entry(name_of(file)))
        return NOT_HELD;
    const struct held_file *known = held_file(directory, name_of(file));
    if (known == NULL || known->fd == NOT_HELD)
        return known == NULL ? UNKNOWN : NOT_HELD;
    remember(file, directory, known->fd);
    return is_as_it_was(directory, call) ? known->fd : UNKNOWN;
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
    if (directory->fd >= 0)
        numbered[directory->number] = NULL;
    close_held(directory->fd);
    atomic_fetch_sub(&count, 1);
    free(directory);
}

/* Also what was held as an entry of what goes. */
static void release_some(bool everything) {
    struct held_call call = {{NOT_ASKED}};
    unsigned before = atomic_load(&count);
    for (unsigned i = 0; i < MOST_HELD_DIRECTORIES && !everything; i++)
        if (numbered[i] != NULL)
            is_as_it_was(numbered[i], &call);
    for (unsigned i = 0; i < DIRECTORIES; i++)
        for (struct held_directory **place = &directories[i]; *place != NULL;)
            if (everything || ((*place)->fd >= 0 && call.directories[(*place)->number] == IS_NOT))
                release(place);
            else
                place = &(*place)->next;
    if (atomic_load(&count) != before)
        generation += generation == UINT32_MAX ? 2 : 1;
}

static bool is_held(const struct held_directory *directory) {
    return directory != NULL && directory->fd >= 0;
}

bool cairn_held_around(const struct appearance *file) {
    return is_held(*place_of(file->path, cairn_parent_length(file->path, file->directory_length)));
}

/* Below its parent, if it is an entry of that one and no link; else by its path. */
static void open_directory(struct held_directory *directory, const struct held_directory *parent) {
    char name[LONGEST_DIRECTORY];
    directory->fd = NOT_HELD;
    size_t length = is_held(parent) ? directory->length - parent->length - 1 : 0;
    if (is_held(parent) && parent->depth + 1 < LONGEST_WAY && length < sizeof name) {
        memcpy(name, directory->path + parent->length, length);
        name[length] = '\0';
        directory->fd = openat(parent->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (directory->fd >= 0) {
        directory->parent = parent;
        directory->depth = parent->depth + 1;
    } else
        directory->fd = open(directory->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Whether it is known how it is now, or that it is not to be held: not when it can't be opened, or was just changed. */
static bool learn_state(struct held_directory *directory) {
    struct statx is;
    if (directory->fd < 0)
        return false;
    bool looked = cairn_look_with_mount(directory->fd, "", &is);
    bool holdable = looked && cairn_is_to_be_held(directory->fd, &is);
    if (holdable && cairn_is_settled(&is)) {
        directory->state = cairn_state_of(&is);
        return true;
    }
    close(directory->fd);
    directory->fd = NOT_HELD;
    directory->parent = NULL;
    return looked && !holdable;
}

/* Has it be one of those that are held, or, where there are too many, that are not. */
static void enlist(struct held_directory *directory) {
    unsigned number = 0;
    while (number < MOST_HELD_DIRECTORIES && numbered[number] != NULL)
        number++;
    if (number < MOST_HELD_DIRECTORIES) {
        directory->number = number;
        numbered[number] = directory;
        descriptors++;
    } else {
        close(directory->fd);
        directory->fd = NOT_HELD;
    }
}

/* A directory as it is now; NULL when it can't be held now. What is known of it and of those above is as they are now. */
static struct held_directory *hold_one(const char *path, uint32_t length, const struct held_directory *parent) {
    struct held_directory **place = place_of(path, length);
    struct held_directory *directory = *place != NULL ? NULL : calloc(1, sizeof *directory + length + 1);
    if (directory == NULL)
        return *place;
    directory->length = length;
    memcpy(directory->path, path, length);
    open_directory(directory, parent);
    if (!learn_state(directory)) {
        free(directory);
        return NULL;
    }
    if (directory->fd >= 0)
        enlist(directory);
    *place = directory;
    atomic_fetch_add(&count, 1);
    return directory;
}

/* Lets go what has changed, if that is on the way to what is to be held. */
static void release_changed(const struct appearance *file, struct held_call *call) {
    const struct held_directory *known = NULL;
    for (uint32_t length = file->directory_length; length > 0 && known == NULL; length = cairn_parent_length(file->path, length))
        known = *place_of(file->path, length);
    if (is_held(known) && !is_as_it_was(known, call)) {
        release_some(false);
        *call = (struct held_call){{NOT_ASKED}};
    }
}

/* The directory that a path is in, with those above it. */
static struct held_directory *hold_directory(const struct appearance *file, struct held_call *call) {
    uint32_t way[LONGEST_WAY], length = file->directory_length, steps = 0;
    struct held_directory *directory = NULL;
    release_changed(file, call);
    for (; length > 0 && steps < LONGEST_WAY; length = cairn_parent_length(file->path, length))
        way[steps++] = length;
    while (steps > 0)
        directory = hold_one(file->path, way[--steps], directory);
    return directory;
}

/* A descriptor; NOT_HELD for what is not to be held; MISSING when nothing is there; UNKNOWN when that can't be said. */
static int open_file(const struct held_directory *directory, const char *name, struct statx *is) {
    int fd = openat(directory->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) /* a name that is just coming may be there some time after the stamps have moved */
        return errno == ENOENT && cairn_is_old(&directory->state) ? MISSING : UNKNOWN;
    if (cairn_look_with_mount(fd, "", is) && (S_ISREG(is->stx_mode) || S_ISDIR(is->stx_mode)) && is->stx_size <= LARGEST
        && is->stx_mnt_id == directory->state.mount)
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
        clock_offset = cairn_clock_offset();
    }
    return true;
}

void cairn_held_add(struct appearance *const *list, uint32_t from, uint32_t to) {
    if (atomic_load_explicit(&impossible, memory_order_relaxed) || !have_alone())
        return;
    struct held_call call = {{NOT_ASKED}};
    struct held_directory *directory = NULL;
    unsigned left = prepare() ? MOST_AT_ONCE : 0;
    for (uint32_t at = from; at < to && left > 0; at++) {
        const char *name = name_of(list[at]);
        if (at == from || !cairn_beside(list[at - 1], list[at])) {
            bool worth = cairn_shares_directory(list + at, to - at) || cairn_held_around(list[at]);
            directory = has_room() && worth ? hold_directory(list[at], &call) : NULL;
        }
        if (is_held(directory) && cairn_is_entry(name) && held_file(directory, name) == NULL && has_room()) {
            hold_file(directory, name);
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
