#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct file {
    const char *destination;
    const char *blob;           /* NULL: inline */
    const unsigned char *bytes; /* inline content */
    uint32_t inline_size, mode;
    uint64_t size;
    bool exists;
};

/* A file that has its final name before it has its final content; only where O_TMPFILE is not to be had. */
static const char *volatile partial;

static bool write_all(int fd, const unsigned char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

static bool copy_by_hand(int to, int from, uint64_t left, unsigned char *buffer, size_t room) {
    while (left > 0) {
        ssize_t n = read(from, buffer, left < room ? (size_t)left : room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0 || !write_all(to, buffer, (size_t)n))
            return false;
        left -= (uint64_t)n;
    }
    return true;
}

/* Copies as the filesystem does it best (a reflink, where it can), and by hand what it doesn't; a real error comes again there. */
static bool copy_blob(int to, int from, uint64_t size) {
    enum { CHUNK = 65536 };
    uint64_t copied = 0;
    for (ssize_t n = 1; copied < size && n > 0; copied += n > 0 ? (uint64_t)n : 0)
        n = copy_file_range(from, NULL, to, NULL, size - copied, 0);
    if (copied == size)
        return true;
    unsigned char *buffer = reserve(CHUNK);
    bool whole = buffer != NULL && copy_by_hand(to, from, size - copied, buffer, CHUNK);
    give_back(buffer);
    return whole;
}

/* Fills the new file; errno says why not. A blob of another size than recorded is not the blob that was meant. */
static bool fill(int to, const struct file *file) {
    if (file->blob == NULL) {
        errno = EIO;
        return file->size == file->inline_size && write_all(to, file->bytes, file->inline_size);
    }
    struct stat is;
    int from = above_stdio(open(file->blob, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (from < 0)
        return false;
    errno = EIO;
    bool filled = fstat(from, &is) == 0 && S_ISREG(is.st_mode) && (uint64_t)is.st_size == file->size && copy_blob(to, from, file->size);
    int error = errno;
    close(from);
    errno = error;
    return filled;
}

/* Complete before it has a name: whatever kills us, no half file is left. */
static bool create_whole(const struct file *file) {
    char link[32], digits[21];
    size_t length = (size_t)(base_name(file->destination) - file->destination);
    const char *directory = length == 0 ? "." : copied(file->destination, length);
    int fd = directory == NULL ? -1 : above_stdio(open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, file->mode));
    if (fd < 0)
        return false;
    join(link, sizeof link, "/proc/self/fd/", decimal((uint64_t)fd, digits), NULL);
    bool created = fill(fd, file) && linkat(AT_FDCWD, link, AT_FDCWD, file->destination, AT_SYMLINK_FOLLOW) == 0;
    close(fd);
    return created;
}

static void remove_partial_and_die(int signal_number) {
    if (partial != NULL)
        unlink(partial);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* For filesystems without O_TMPFILE, and where /proc is missing. */
static bool create_in_place(const struct file *file) {
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction handler = {.sa_handler = remove_partial_and_die}, before[3];
    for (int i = 0; i < 3; i++)
        if (sigaction(deadly[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(deadly[i], &handler, NULL);
    int fd = above_stdio(open(file->destination, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, file->mode));
    partial = fd < 0 ? NULL : file->destination;
    bool created = fd >= 0 && fill(fd, file);
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && created) { /* NFS tells of a full disk here */
        error = errno;
        created = false;
    }
    if (fd >= 0 && !created)
        unlink(file->destination);
    partial = NULL;
    for (int i = 0; i < 3; i++)
        sigaction(deadly[i], &before[i], NULL);
    errno = error;
    return created;
}

/* A link has the blob's mode and time. So only one whose mode is the user's will do, and it is stamped, or make would rebuild it. */
static bool create_link(const struct file *file) {
    struct stat is;
    mode_t mask = umask(0);
    umask(mask);
    if (lstat(file->blob, &is) != 0 || !S_ISREG(is.st_mode) || (uint64_t)is.st_size != file->size
        || (is.st_mode & 07777) != (file->mode & ~mask) || link(file->blob, file->destination) != 0)
        return false;
    if (utimensat(AT_FDCWD, file->destination, NULL, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    unlink(file->destination);
    return false;
}

static bool create(const struct file *file, bool links) {
    return (links && file->blob != NULL && create_link(file)) || create_whole(file) || create_in_place(file);
}

/* Nothing but an ordinary file is ever replaced: -o /dev/null, as root, must leave /dev/null alone. */
static bool replaceable(struct file *file) {
    struct stat is;
    file->exists = lstat(file->destination, &is) == 0;
    if (!file->exists)
        return errno == ENOENT;
    errno = EEXIST;
    return S_ISREG(is.st_mode);
}

static bool place(struct file *files, uint32_t count, bool links, uint32_t *at) {
    for (*at = 0; *at < count; ++*at)
        if (!replaceable(&files[*at]))
            return false;
    for (*at = 0; *at < count; ++*at)
        if (files[*at].exists && unlink(files[*at].destination) != 0)
            return false;
    for (*at = 0; *at < count; ++*at)
        if (!create(&files[*at], links)) {
            int error = errno;
            for (uint32_t made = 0; made < *at; made++)
                unlink(files[made].destination);
            errno = error;
            return false;
        }
    return true;
}

static void take_file(struct frame *hit, struct file *file) {
    uint8_t kind = take8(hit);
    *file = (struct file){0};
    file->mode = take32(hit) & 0777;
    file->size = take64(hit);
    file->destination = take_text(hit);
    if (kind == 0)
        file->blob = take_text(hit);
    else if (kind == 1)
        file->bytes = take_bytes(hit, &file->inline_size);
    else
        hit->bad = true;
}

/* Writes everything, whatever kind of descriptor it is; gives up only on one that can't be written at all. */
void write_output(int fd, const unsigned char *bytes, size_t length) {
    while (length > 0) {
        struct pollfd out = {.fd = fd, .events = POLLOUT};
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EAGAIN)
            poll(&out, 1, -1);
        else if (n < 0 && errno != EINTR)
            return;
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
}

/* Reads a HIT; false when the frame is bad. */
bool take_hit(struct frame *frame, struct hit *hit) {
    hit->flags = take32(frame);
    hit->code = take32(frame);
    hit->count = take32(frame);
    if (frame->bad || hit->count > (size_t)(frame->end - frame->at) / 21)
        return false;
    hit->files = reserve(((size_t)hit->count + 1) * sizeof *hit->files);
    for (uint32_t i = 0; hit->files != NULL && !frame->bad && i < hit->count; i++)
        take_file(frame, &hit->files[i]);
    hit->out = take_bytes(frame, &hit->out_length);
    hit->err = take_bytes(frame, &hit->err_length);
    return hit->files != NULL && !frame->bad && frame->at == frame->end;
}

static bool can_print(const struct hit *hit) {
    return hit->err_length == 0 || fcntl(STDERR_FILENO, F_GETFD) >= 0;
}

/* Whether a HIT for all that was asked for would touch nothing but ordinary files. */
bool deliverable(const struct hit *hit) {
    for (uint32_t i = 0; i < hit->count; i++)
        if (!replaceable(&hit->files[i]))
            return false;
    return can_print(hit) && !(hit->flags & 2);
}

/*
 * Delivers a HIT and exits as the compiler did. Comes back with the file that failed, undone, or with no error when that was only a part
 * of what the build asked for.
 */
void deliver(const struct hit *hit, int *error, const char **where) {
    uint32_t at;
    if (!can_print(hit)) { /* a compiler that can't print its warnings fails */
        *error = EBADF;
        *where = "stderr";
        return;
    }
    if (!place(hit->files, hit->count, hit->flags & 1, &at)) {
        *error = errno;
        *where = hit->files[at].destination;
        return;
    }
    if (hit->out_length > 0 || hit->err_length > 0)
        signal(SIGPIPE, SIG_IGN);
    write_output(STDOUT_FILENO, hit->out, hit->out_length);
    write_output(STDERR_FILENO, hit->err, hit->err_length);
    if (!(hit->flags & 2))
        _exit((int)(hit->code & 255));
    *error = 0;
    *where = "";
}
