#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* the same on every architecture, younger than some libcs */
#endif

int64_t now_ms(void) {
    struct timespec now;
#ifdef __LP64__
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now); /* without it, the vDSO's three pages would be mapped for two questions */
#else
    clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int milliseconds) {
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

/* For poll: milliseconds until the deadline, 0 when it has passed. */
int time_left(int64_t deadline) {
    int64_t left = deadline - now_ms();
    return left < 0 ? 0 : (int)left;
}

/*
 * A build may start us with 0, 1 or 2 closed. A descriptor of ours must not take such a number: the compiler's output would go into it,
 * or the compiler would inherit something where it expects nothing.
 */
int above_stdio(int fd) {
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close(fd);
    errno = error;
    return higher;
}

/* A descriptor that polls readable when the process has ended, also one that isn't our child; -1 before Linux 5.3. */
int open_pidfd(pid_t pid) {
    return above_stdio((int)syscall(SYS_pidfd_open, pid, 0));
}
