/*
 * Changes a file in one of the ways in which files are changed. Usage: writer HOW FILE [FLAG]. Says "ready" when it has everything open
 * that it needs; then changes the file at every line that it reads, and says "done", but sets the first byte of the file FLAG to the number
 * of the change before. Nothing is closed in between, unless that is the way. Exits with 77 when the kernel does not offer that way (io_uring).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 4096, NOT_OFFERED = 77 };

static const char *how, *path;
static char other[4096], bytes[SIZE] __attribute__((aligned(4096)));
static int held = -1, ring = -1;
static struct io_uring_params rings;
static char *mapping;

static void check(bool good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

static bool is(const char *name) {
    return strcmp(how, name) == 0;
}

static bool has(const char *part) {
    return strstr(how, part) != NULL;
}

static int opened(const char *file, int flags) {
    int fd = open(file, flags, 0644);
    check(fd >= 0, file);
    return fd;
}

static void write_to(int fd) {
    check(pwrite(fd, bytes, SIZE, 0) == SIZE, "pwrite");
}

static void write_file(const char *file, int flags) {
    int fd = opened(file, O_WRONLY | flags);
    write_to(fd);
    close(fd);
}

static char *map(int fd) {
    char *start = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    check(start != MAP_FAILED, "mmap");
    return start;
}

static void synchronize(int flags) {
    check(msync(mapping, SIZE, flags) == 0, "msync");
}

static void prepare_ring(void) {
    ring = (int)syscall(SYS_io_uring_setup, 1, &rings);
    if (ring < 0 && (errno == ENOSYS || errno == EPERM))
        exit(NOT_OFFERED);
    check(ring >= 0 && (rings.features & IORING_FEAT_SINGLE_MMAP) != 0, "io_uring_setup");
}

static void prepare(void) {
    if (has("io-uring"))
        prepare_ring();
    if (has("-held") && !is("renamed-in-held") && !is("io-uring-opened-held"))
        held = opened(path, O_RDWR | (is("aio-direct-held") ? O_DIRECT : 0));
    if (has("map-held")) {
        mapping = map(held);
        if (is("map-held-fd-closed"))
            close(held);
        if (is("map-held-dirty") || is("map-held-dirty-asynchronous"))
            memset(mapping, '+', SIZE);
    }
    if (is("link-write")) {
        snprintf(other, sizeof other, "%s.elsewhere", path);
        check(mkdir(other, 0755) == 0, "mkdir");
        strcat(other, "/link");
        check(link(path, other) == 0, "link");
    }
}

/* One request to io_uring, answered when this returns; the rings have room for one. */
static int submit(struct io_uring_sqe request) {
    char *queue = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *requests = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    check(queue != MAP_FAILED && requests != MAP_FAILED, "mmap of io_uring");
    requests[0] = request;
    ((uint32_t *)(queue + rings.sq_off.array))[0] = 0;
    atomic_fetch_add((_Atomic uint32_t *)(queue + rings.sq_off.tail), 1);
    check(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1, "io_uring_enter");
    uint32_t head = atomic_fetch_add((_Atomic uint32_t *)(queue + rings.cq_off.head), 1);
    struct io_uring_cqe *answers = (struct io_uring_cqe *)(queue + rings.cq_off.cqes);
    int result = answers[head & *(uint32_t *)(queue + rings.cq_off.ring_mask)].res;
    munmap(queue, SIZE);
    munmap(requests, SIZE);
    errno = result < 0 ? -result : 0;
    return result;
}

static void write_by_ring(int fd) {
    struct io_uring_sqe request = {.opcode = IORING_OP_WRITE, .fd = fd, .addr = (uintptr_t)bytes, .len = SIZE};
    request.flags = has("asynchronous") ? IOSQE_ASYNC : 0;
    check(submit(request) == SIZE, "write by io_uring");
}

static int open_by_ring(void) {
    struct io_uring_sqe request = {.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (uintptr_t)path, .open_flags = O_WRONLY};
    int fd = submit(request);
    check(fd >= 0, "open by io_uring");
    return fd;
}

static void write_asynchronously(void) {
    aio_context_t context = 0;
    check(syscall(SYS_io_setup, 1, &context) == 0, "io_setup");
    struct iocb request = {.aio_fildes = (uint32_t)held, .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_buf = (uintptr_t)bytes, .aio_nbytes = SIZE};
    struct iocb *requests[] = {&request};
    struct io_event event;
    check(syscall(SYS_io_submit, context, 1, requests) == 1, "io_submit");
    check(syscall(SYS_io_getevents, context, 1, 1, &event, NULL) == 1, "io_getevents");
    syscall(SYS_io_destroy, context);
}

/* The child tells that it has written, and closes when it is told that this was heard: after the next change, or at the end. */
static void write_by_child(void) {
    static int release = -1;
    int written[2], heard[2];
    char byte = 0;
    check(pipe(written) == 0 && pipe(heard) == 0, "pipe");
    if (fork() == 0) {
        if (release >= 0)
            close(release);
        close(heard[1]);
        write_to(opened(path, O_WRONLY));
        check(write(written[1], &byte, 1) == 1, "write");
        _exit(read(heard[0], &byte, 1) != 0);
    }
    check(read(written[0], &byte, 1) == 1, "read");
    close(written[0]);
    close(written[1]);
    close(heard[0]);
    if (release >= 0) {
        close(release);
        wait(NULL);
    }
    release = heard[1];
}

static void change(int round) {
    memset(bytes, 'a' + round % 20, SIZE);
    if (is("write")) {
        write_file(path, 0);
    } else if (is("truncating-write")) {
        write_file(path, O_TRUNC);
    } else if (is("write-held")) {
        write_to(held);
    } else if (is("touch")) {
        check(utimensat(AT_FDCWD, path, NULL, 0) == 0, "utimensat");
    } else if (is("chmod")) {
        check(chmod(path, round % 2 == 0 ? 0600 : 0644) == 0, "chmod");
    } else if (is("aio-held") || is("aio-direct-held")) {
        write_asynchronously();
    } else if (is("fallocate-held")) {
        check(fallocate(held, 0, 0, SIZE * (round + 2)) == 0, "fallocate");
    } else if (is("truncate")) {
        check(truncate(path, SIZE + 1 + round) == 0, "truncate");
    } else if (is("rename-over")) {
        write_file(other, O_CREAT);
        check(rename(other, path) == 0, "rename");
    } else if (is("exchange")) {
        write_file(other, O_CREAT | O_TRUNC);
        check(syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, path, 2) == 0, "renameat2");
    } else if (is("renamed-in-held")) {
        if (round == 0) {
            held = opened(other, O_WRONLY | O_CREAT);
            check(rename(other, path) == 0, "rename");
        }
        write_to(held);
    } else if (is("link-over")) {
        unlink(other);
        write_file(other, O_CREAT | O_EXCL);
        unlink(path);
        check(link(other, path) == 0, "link");
    } else if (is("link-write")) {
        write_file(other, 0);
    } else if (is("remove-and-create")) {
        unlink(path);
        write_file(path, O_CREAT | O_EXCL);
    } else if (is("child-exits-unclosed")) {
        if (fork() == 0) {
            write_to(opened(path, O_WRONLY));
            _exit(0);
        }
        wait(NULL);
    } else if (is("told-before-closed")) {
        write_by_child();
    } else if (is("clone")) {
        write_file(other, O_CREAT | O_TRUNC);
        int from = opened(other, O_RDONLY), to = opened(path, O_WRONLY);
        check(ioctl(to, FICLONE, from) == 0, "FICLONE");
        close(to);
        close(from);
    } else if (is("io-uring-held") || is("io-uring-held-asynchronous")) {
        write_by_ring(held);
    } else if (is("io-uring") || is("io-uring-asynchronous")) {
        int fd = opened(path, O_WRONLY);
        write_by_ring(fd);
        close(fd);
    } else if (is("io-uring-opened-held")) {
        if (round == 0)
            held = open_by_ring();
        write_by_ring(held);
    } else if (is("sendfile") || is("copy-range-held")) {
        write_file(other, O_CREAT | O_TRUNC);
        int from = opened(other, O_RDONLY), to = is("sendfile") ? opened(path, O_WRONLY) : held;
        loff_t zero = 0;
        check((is("sendfile") ? sendfile(to, from, NULL, SIZE) : copy_file_range(from, NULL, to, &zero, SIZE, 0)) == SIZE, "copy");
        close(from);
        if (to != held)
            close(to);
    } else if (is("map") || is("map-closed-first")) {
        int fd = opened(path, O_RDWR);
        char *start = map(fd);
        if (is("map-closed-first"))
            close(fd);
        memcpy(start, bytes, SIZE);
        munmap(start, SIZE);
        if (is("map"))
            close(fd);
    } else if (is("map-child-exits")) {
        if (fork() == 0) {
            memcpy(map(opened(path, O_RDWR)), bytes, SIZE);
            _exit(0);
        }
        wait(NULL);
    } else if (is("map-held-clean")) {
        synchronize(MS_SYNC); /* a page that stays dirty shows in no stamp */
        memcpy(mapping, bytes, SIZE);
    } else if (has("map-held")) {
        memcpy(mapping, bytes, SIZE);
        if (!is("map-held-dirty"))
            synchronize(is("map-held-dirty-asynchronous") ? MS_ASYNC : MS_SYNC);
    } else {
        fprintf(stderr, "no such way: %s\n", how);
        exit(2);
    }
}

int main(int argc, char **argv) {
    char line[16];
    _Atomic char *flag = NULL;
    if (argc != 3 && argc != 4)
        return 2;
    how = argv[1];
    path = argv[2];
    snprintf(other, sizeof other, "%s.other", path);
    prepare();
    if (argc == 4)
        flag = (_Atomic char *)map(opened(argv[3], O_RDWR));
    puts("ready");
    fflush(stdout);
    for (int round = 0; fgets(line, sizeof line, stdin) != NULL; round++) {
        change(round);
        if (flag != NULL)
            *flag = (char)(round + 1);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
