#include "cairn.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORWARDED = 6 };
static const int forwarded[FORWARDED] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

/* As the build set them; the compiler gets them back. */
static struct sigaction before[FORWARDED], before_pipe, before_child;
static sigset_t mask_before;

static volatile sig_atomic_t running; /* the compiler's pid, 0 when it has been waited for */

static void forward(int number, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    if (running == 0) {
        signal(number, SIG_DFL);
        raise(number);
    } else if (info->si_code <= 0) { /* what the terminal sends, the kernel gives the compiler, too */
        kill((pid_t)running, number);
    }
    errno = error;
}

static void block_forwarded(sigset_t *old) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < FORWARDED; i++)
        sigaddset(&set, forwarded[i]);
    sigprocmask(SIG_BLOCK, &set, old);
}

/* Prepares for the fork: none of the forwarded signals arrives until forward_signals_to. */
void take_signals(void) {
    struct sigaction handler = {.sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, normal = {.sa_handler = SIG_DFL};
    block_forwarded(&mask_before);
    for (int i = 0; i < FORWARDED; i++) {
        sigaction(forwarded[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(forwarded[i], &handler, NULL);
    }
    sigaction(SIGPIPE, &ignore, &before_pipe);
    sigaction(SIGCHLD, &normal, &before_child); /* if ignored, the kernel would throw the compiler's status away */
}

void forward_signals_to(pid_t compiler) {
    running = compiler;
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

/* For the child, or when there is none after all. */
void give_signals_back(void) {
    for (int i = 0; i < FORWARDED; i++)
        sigaction(forwarded[i], &before[i], NULL);
    sigaction(SIGPIPE, &before_pipe, NULL);
    sigaction(SIGCHLD, &before_child, NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

/* Waits for the compiler. A signal that comes meanwhile is held back, as the pid may soon be another process's. */
int reap(pid_t compiler) {
    sigset_t old;
    int status = 0;
    siginfo_t info;
    while (waitid(P_PID, (id_t)compiler, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        ;
    block_forwarded(&old);
    while (waitpid(compiler, &status, 0) < 0 && errno == EINTR)
        ;
    running = 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
    return status;
}

/* Ends as the compiler did, so that whoever waits for us sees the same; its core is its own, ours would overwrite it. */
_Noreturn void die_of(int number) {
    struct rlimit none = {0, 0};
    sigset_t set;
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + number);
}
