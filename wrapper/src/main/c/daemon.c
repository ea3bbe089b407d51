#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static bool absent(int connection) {
    return connection == -ENOENT || connection == -ECONNREFUSED;
}

static void close_above_stdio(void) {
    if (syscall(SYS_close_range, 3u, ~0u, 0) == 0)
        return;
    struct rlimit limit;
    int top = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int fd = 3; fd < top; fd++)
        close(fd);
}

/* Whatever the daemon kept of this build would outlive it: a pipe that make waits for, a mount, a job server. */
static _Noreturn void become_daemon(const struct endpoint *endpoint) {
    char log[PATH_MAX + 32];
    sigset_t none;
    umask(077);
    join(log, sizeof log, endpoint->run, "/daemon.log", NULL);
    int null = above_stdio(open("/dev/null", O_RDWR | O_CLOEXEC));
    int out = above_stdio(open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(out < 0 ? null : out, 2) < 0 || chdir("/") != 0)
        _exit(126);
    close_above_stdio();
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    exec_daemon(endpoint);
}

/* Forks twice, so that the daemon has its own session, can't get a terminal and is nobody's child. Its pid, or -1. */
static pid_t launch(const struct endpoint *endpoint) {
    int report[2];
    pid_t daemon = -1;
    if (pipe2(report, O_CLOEXEC) != 0)
        return -1;
    report[0] = above_stdio(report[0]);
    report[1] = above_stdio(report[1]);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        daemon = fork();
        if (daemon == 0)
            become_daemon(endpoint);
        _exit(write(report[1], &daemon, sizeof daemon) == sizeof daemon ? 0 : 1);
    }
    close(report[1]);
    if (child > 0) {
        while (read(report[0], &daemon, sizeof daemon) < 0 && errno == EINTR)
            ;
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(report[0]);
    return daemon;
}

/* Sleeps a little; true when the process has ended meanwhile, even where nobody reaps orphans: a zombie has no executable. */
static bool ends_meanwhile(pid_t pid, int pidfd) {
    struct pollfd process = {.fd = pidfd, .events = POLLIN};
    char path[40], digits[21];
    if (pidfd >= 0)
        return poll(&process, 1, 3) > 0;
    sleep_ms(3);
    join(path, sizeof path, "/proc/", decimal((uint64_t)pid, digits), "/exe", NULL);
    return readlink(path, digits, sizeof digits) < 0 && errno == ENOENT;
}

/* Starts a daemon and waits until it answers. Caller holds the lock. */
static int start(const struct endpoint *endpoint, int64_t deadline) {
    pid_t daemon = launch(endpoint);
    int pidfd = daemon > 0 ? open_pidfd(daemon) : -1;
    bool alive = daemon > 0;
    int connection = -ENOENT;
    while (alive && absent(connection) && now_ms() < deadline) {
        alive = !ends_meanwhile(daemon, pidfd);
        connection = connect_endpoint(endpoint); /* also after its end: it may have found another daemon at work */
    }
    close(pidfd);
    if (absent(connection))
        record_trouble(endpoint);
    return connection;
}

/* Of many launchers that find no daemon, the one that gets the lock starts it, the others wait for it. */
static int start_once(struct endpoint *endpoint) {
    char path[PATH_MAX + 32];
    int64_t deadline = now_ms() + START_MS;
    join(path, sizeof path, endpoint->run, "/start.lock", NULL);
    int lock = make_run_directory(endpoint) ? above_stdio(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) : -1;
    if (lock < 0)
        return -1;
    bool ours = false;
    int connection;
    for (;;) {
        ours = flock(lock, LOCK_EX | LOCK_NB) == 0;
        connection = connect_endpoint(endpoint);
        if (ours || connection >= 0 || in_trouble(endpoint) || now_ms() >= deadline)
            break;
        sleep_ms(5);
    }
    if (ours && absent(connection) && !in_trouble(endpoint))
        connection = start(endpoint, deadline);
    close(lock);
    return connection;
}

/* A connection to the daemon, started if need be; negative when the compiler is to be run without it. */
int reach_daemon(struct endpoint *endpoint) {
    int connection = connect_endpoint(endpoint);
    if (absent(connection))
        connection = start_once(endpoint);
    if (connection != -EAGAIN)
        return connection; /* each look at the clock is a system call, and a hit needs none here */
    for (int64_t deadline = now_ms() + BUSY_MS; connection == -EAGAIN && now_ms() < deadline;) {
        sleep_ms(2);
        connection = connect_endpoint(endpoint);
    }
    return connection;
}
