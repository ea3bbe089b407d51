#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HIT_MAY_COME = 1 };
enum { STDOUT_CUT = 1, STDERR_CUT = 2, DEPENDENCIES_FOLLOW = 4, SCAN_FAILED = 8 };

static struct stream *streams;

/*
 * A place for the dependency list that no crash leaves behind: memory, opened by the compiler under our name in /proc. The kernel lets a
 * process that isn't dumpable (a launcher that the user can't read) do so, but not its child.
 */
static int open_dependencies(char *path, size_t size) {
    char pid[21], number[21];
    int fd = above_stdio(memfd_create("cairn", MFD_CLOEXEC));
    join(path, size, "/proc/", decimal((uint64_t)getpid(), pid), "/fd/", decimal((uint64_t)fd, number), NULL);
    if (fd >= 0 && access(path, R_OK | W_OK) == 0 && prctl(PR_GET_DUMPABLE) == 1)
        return fd;
    close(fd);
    return -1;
}

/* A pipe in place of fd 1 or 2. One that is closed stays closed: the compiler may care. */
static bool open_stream(struct stream *stream, int out, int *inlet) {
    int ends[2];
    memset(stream, 0, offsetof(struct stream, chunk)); /* not the chunk: sixteen pages would be touched for nothing */
    stream->in = -1;
    stream->out = out;
    stream->left = INT64_MAX;
    *inlet = -1;
    if (fcntl(out, F_GETFD) < 0)
        return true;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    stream->in = above_stdio(ends[0]);
    *inlet = above_stdio(ends[1]);
    return stream->in >= 0 && *inlet >= 0;
}

/*
 * In the child: die with the launcher, also if it is killed by force; and tell launchers further down not to ask again. By force, too: a
 * gcc that may clean up takes the source from its assembler, which then leaves an empty object that make takes for a good one.
 */
static void tie_to(pid_t launcher) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launcher)
        _exit(128 + SIGKILL);
    putenv(INNER "=1");
}

static pid_t spawn_compiler(const struct invocation *invocation, char **argv, const int inlets[2]) {
    pid_t launcher = getpid(), child = fork();
    if (child != 0)
        return child;
    tie_to(launcher);
    for (int i = 0; i < 2; i++)
        if (inlets[i] >= 0)
            dup2(inlets[i], i + 1);
    give_signals_back();
    exec_compiler(invocation, argv);
}

/*
 * The scan writes its list and nothing else; lists of several sources come on its standard output. In its own process group it can be
 * ended with all that it started.
 */
static pid_t spawn_scan(const struct invocation *invocation, char **argv, int list) {
    pid_t launcher = getpid(), child = fork();
    if (child != 0)
        return child;
    tie_to(launcher);
    setpgid(0, 0);
    int null = above_stdio(open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int fd = 0; fd < 3; fd++)
        if (dup2(fd == STDOUT_FILENO && list >= 0 ? list : null, fd) < 0)
            _exit(126);
    give_signals_back();
    exec_compiler(invocation, argv);
}

static bool ends_within(pid_t pid, int milliseconds) {
    int64_t deadline = now_ms() + milliseconds;
    int pidfd = open_pidfd(pid);
    struct pollfd process = {.fd = pidfd, .events = POLLIN};
    siginfo_t info = {0};
    do {
        if (pidfd < 0)
            sleep_ms(1);
        else
            poll(&process, 1, time_left(deadline));
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            break;
    } while (info.si_pid == 0 && now_ms() < deadline);
    close(pidfd);
    return info.si_pid != 0;
}

/* True when the scan's list is good. After a failed compilation nobody wants it. */
static bool finish_scan(pid_t scan, bool wanted) {
    int status = 0;
    if (!wanted || !ends_within(scan, SCAN_MS)) {
        wanted = false;
        kill(-scan, SIGTERM); /* first, so that it can remove its temporary files */
        kill(scan, SIGTERM);
        if (!ends_within(scan, 1000)) {
            kill(-scan, SIGKILL);
            kill(scan, SIGKILL);
        }
    }
    while (waitpid(scan, &status, 0) < 0 && errno == EINTR)
        ;
    return wanted && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The whole list, or nothing. */
static unsigned char *read_dependencies(int fd, size_t *size) {
    struct stat is;
    *size = 0;
    if (fd < 0 || fstat(fd, &is) != 0 || is.st_size <= 0 || is.st_size > DEPENDENCIES_MAX)
        return NULL;
    size_t length = (size_t)is.st_size, have = 0;
    unsigned char *list = malloc(length);
    while (list != NULL && have < length) {
        ssize_t n = pread(fd, list + have, length - have, (off_t)have);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return NULL;
        have += n > 0 ? (size_t)n : 0;
    }
    *size = list == NULL ? 0 : length;
    return list;
}

/* Hands the result over. The next build finds it, so DONE is waited for; but not when we have to die like the compiler did. */
static void report(int daemon, int status, uint32_t flags, int dependencies) {
    unsigned char head[12], err_length[4], list_length[4];
    size_t size;
    unsigned char *list = read_dependencies(dependencies, &size);
    flags |= (streams[0].cut ? STDOUT_CUT : 0) | (streams[1].cut ? STDERR_CUT : 0) | (size > 0 ? DEPENDENCIES_FOLLOW : 0);
    put32(head, (uint32_t)status);
    put32(head + 4, flags);
    put32(head + 8, (uint32_t)streams[0].length);
    put32(err_length, (uint32_t)streams[1].length);
    put32(list_length, (uint32_t)size);
    struct iovec parts[] = {{0}, {head, sizeof head}, {streams[0].captured, streams[0].length}, {err_length, sizeof err_length},
                            {streams[1].captured, streams[1].length}, {list_length, sizeof list_length}, {list, size}};
    int64_t deadline = WIFSIGNALED(status) ? 0 : now_ms() + DONE_MS;
    struct frame reply = {0};
    if (send_frame(daemon, FINISHED, parts, 7, deadline) == TRANSFERRED)
        while (reply.type != DONE && receive_frame(daemon, &reply, false, deadline) == TRANSFERRED)
            ; /* a HIT that came too late */
}

/* What the daemon wants to be run, and where the dependency list goes in it. */
struct order {
    char **argv, **scan;
    uint32_t flags, count, index, scan_count, scan_index;
};

static bool take_order(struct frame *frame, struct order *order) {
    order->flags = take32(frame);
    order->argv = take_list(frame, &order->count);
    order->index = take32(frame);
    order->scan = take_list(frame, &order->scan_count);
    order->scan_index = take32(frame);
    if (frame->bad || frame->at != frame->end || order->count == 0 || order->index >= order->count)
        return false;
    if (order->scan_count == 0)
        return order->scan_index == 0;
    return order->index == 0 && order->scan_index < order->scan_count;
}

/* Tells the daemon that a HIT is welcome. */
static bool invite(int daemon) {
    struct iovec nothing = {0};
    return send_frame(daemon, RUNNING, &nothing, 1, now_ms() + REPLY_MS) == TRANSFERRED;
}

/* Ends a run of which nothing is wanted any longer. */
static void call_off(int dependencies) {
    forward_signals_to(0); /* from now on a signal is for us */
    end_descendants();
    give_signals_back();
    close(dependencies);
    close(streams[0].in);
    close(streams[1].in);
}

/*
 * Runs the compiler as the daemon asks, reports, and ends as the compiler did. Comes back only with a HIT that came first; nothing that
 * the compiler started runs any longer then. Whatever of the preparation fails, the compiler is run as the user wrote it, and the daemon
 * sees the connection closed.
 */
void run(const struct invocation *invocation, int daemon, struct frame *frame, struct hit *overtaking) {
    static char path[64];
    struct order order;
    int dependencies = -1, inlets[2];
    streams = reserve(2 * sizeof *streams);
    bool ready = streams != NULL && take_order(frame, &order);
    if (ready && (order.index != 0 || order.scan_count != 0)) {
        dependencies = open_dependencies(path, sizeof path);
        ready = dependencies >= 0;
        if (order.index != 0)
            order.argv[order.index] = path;
        else if (order.scan_index != 0)
            order.scan[order.scan_index] = path;
    }
    if (!ready || !open_stream(&streams[0], STDOUT_FILENO, &inlets[0]) || !open_stream(&streams[1], STDERR_FILENO, &inlets[1]))
        exec_compiler(invocation, invocation->argv);
    bool racing = (order.flags & HIT_MAY_COME) && watch_descendants();
    take_signals();
    pid_t compiler = spawn_compiler(invocation, order.argv, inlets);
    if (compiler < 0) {
        give_signals_back();
        exec_compiler(invocation, invocation->argv);
    }
    pid_t scan = order.scan_count == 0 ? 0 : spawn_scan(invocation, order.scan, order.scan_index == 0 ? dependencies : -1);
    forward_signals_to(compiler);
    for (int i = 0; i < 2; i++)
        close(inlets[i]);
    racing = racing && invite(daemon);
    while (pump(streams, compiler, racing ? daemon : -1)) {
        racing = false;
        if (receive_overtaking(daemon, overtaking)) {
            call_off(dependencies);
            return;
        }
    }
    int status = reap(compiler);
    bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool scanned = scan == 0 || (scan > 0 && finish_scan(scan, succeeded));
    report(daemon, status, scanned ? 0 : SCAN_FAILED, scanned ? dependencies : -1);
    if (WIFSIGNALED(status))
        die_of(WTERMSIG(status));
    _exit(WEXITSTATUS(status));
}
