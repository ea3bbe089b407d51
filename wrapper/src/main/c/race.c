#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000 }; /* for processes that were asked to end */

/* Descendants that were sent a signal. */
struct told {
    pid_t pids[64];
    size_t count;
};

/* The kernel's list of a process's children, "12 34 ", as far as there is room; -1 when it has none. */
static ssize_t read_children(pid_t parent, char *list, size_t room) {
    char path[64], digits[21];
    const char *pid = decimal((uint64_t)parent, digits);
    join(path, sizeof path, "/proc/", pid, "/task/", pid, "/children", NULL);
    int fd = above_stdio(open(path, O_RDONLY | O_CLOEXEC));
    ssize_t length = fd < 0 ? -1 : read(fd, list, room);
    close(fd);
    return length;
}

static void tell(struct told *told, pid_t pid, int number) {
    for (size_t i = 0; i < told->count; i++)
        if (told->pids[i] == pid)
            return;
    if (told->count == sizeof told->pids / sizeof *told->pids)
        return;
    told->pids[told->count++] = pid;
    kill(pid, number);
}

static void tell_children(struct told *told, pid_t parent, int number) {
    char list[1024];
    ssize_t length = read_children(parent, list, sizeof list);
    pid_t pid = 0;
    for (ssize_t i = 0; i < length; i++) {
        if (list[i] == ' ') {
            tell(told, pid, number);
            pid = 0;
        } else {
            pid = 10 * pid + (list[i] - '0');
        }
    }
}

/* Parents first, as they would otherwise take a child's death for its failure; each is told once, or it would not get to clean up. */
static void tell_descendants(struct told *told, int number) {
    tell_children(told, getpid(), number);
    for (size_t i = 0; i < told->count; i++)
        tell_children(told, told->pids[i], number);
}

/*
 * Makes orphans of the compiler our children, so that none of what it starts is lost sight of. Not where we have children already, of
 * whoever executed us: they could not be told apart.
 */
bool watch_descendants(void) {
    char list;
    return read_children(getpid(), &list, 1) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* Ends the compiler and whatever it started; they have all ended when this comes back. */
void end_descendants(void) {
    struct told told = {.count = 0};
    int64_t deadline = now_ms() + PATIENCE_MS;
    for (;;) {
        bool late = now_ms() >= deadline;
        pid_t ended;
        if (late)
            told.count = 0;
        tell_descendants(&told, late ? SIGKILL : SIGTERM);
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (ended < 0 && errno == ECHILD)
            break;
        sleep_ms(1);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Receives what the daemon says while the compiler runs: true for a HIT that can be delivered. After anything else it is not believed. */
bool receive_overtaking(int daemon, struct hit *hit) {
    struct frame frame;
    if (receive_frame(daemon, &frame, false, now_ms() + REPLY_MS) == TRANSFERRED && frame.type == HIT && take_hit(&frame, hit))
        return deliverable(hit);
    shutdown(daemon, SHUT_RDWR);
    return false;
}
