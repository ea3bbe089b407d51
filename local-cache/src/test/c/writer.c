/*
 * Changes a file in one of the ways in which files are changed. Usage: writer HOW FILE. Says "ready" when it has everything open that it
 * needs; then changes the file at every line that it reads, and says "done". Nothing is closed in between, unless that is the way.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 4096 };

static const char *how, *path;
static char other[4096], bytes[SIZE] __attribute__((aligned(4096)));
static int held = -1;
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

static void prepare(void) {
    if (is("write-held") || is("aio-held") || is("copy-range-held") || is("fallocate-held"))
        held = opened(path, O_RDWR);
    if (is("map-held") || is("map-held-fd-closed")) {
        held = opened(path, O_RDWR);
        mapping = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, held, 0);
        check(mapping != MAP_FAILED, "mmap");
        if (is("map-held-fd-closed"))
            close(held);
    }
    if (is("link-write")) {
        unlink(other);
        check(link(path, other) == 0, "link");
    }
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

static void change(int round) {
    memset(bytes, 'a' + round % 20, SIZE);
    if (is("write")) {
        write_file(path, 0);
    } else if (is("truncating-write")) {
        write_file(path, O_TRUNC);
    } else if (is("write-held")) {
        write_to(held);
    } else if (is("aio-held")) {
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
    } else if (is("sendfile") || is("copy-range-held")) {
        write_file(other, O_CREAT | O_TRUNC);
        int from = opened(other, O_RDONLY), to = is("sendfile") ? opened(path, O_WRONLY) : held;
        loff_t zero = 0;
        check((is("sendfile") ? sendfile(to, from, NULL, SIZE) : copy_file_range(from, NULL, to, &zero, SIZE, 0)) == SIZE, "copy");
        close(from);
        if (to != held)
            close(to);
    } else if (is("map")) {
        int fd = opened(path, O_RDWR);
        char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        check(map != MAP_FAILED, "mmap");
        memcpy(map, bytes, SIZE);
        munmap(map, SIZE);
        close(fd);
    } else if (is("map-held") || is("map-held-fd-closed")) {
        memcpy(mapping, bytes, SIZE);
        check(msync(mapping, SIZE, MS_SYNC) == 0, "msync"); /* a page that stays dirty shows in no stamp either */
    } else {
        fprintf(stderr, "no such way: %s\n", how);
        exit(2);
    }
}

int main(int argc, char **argv) {
    char line[16];
    if (argc != 3)
        return 2;
    how = argv[1];
    path = argv[2];
    snprintf(other, sizeof other, "%s.other", path);
    prepare();
    puts("ready");
    fflush(stdout);
    for (int round = 0; fgets(line, sizeof line, stdin) != NULL; round++) {
        change(round);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
