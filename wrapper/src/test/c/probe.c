/* Under the name `cc`, a compiler that does what its first argument says; otherwise a tool to run and watch a program. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void put_file(const char *path, const char *content) {
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(content, file) < 0 || fclose(file) != 0)
        exit(9);
}

static void list_descriptors(void) {
    DIR *all = opendir("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(all)) != NULL;)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(all))
            printf("%s ", entry->d_name);
    printf("\n");
}

static void await_file(const char *path) {
    struct stat is = {0};
    for (int i = 0; i < 5000 && (stat(path, &is) != 0 || is.st_size == 0); i++)
        poll(NULL, 0, 1);
}

static void put_pid(const char *path, pid_t pid) {
    char text[20];
    snprintf(text, sizeof text, "%d", (int)pid);
    put_file(path, text);
}

static int compiler(char **argv) {
    const char *what = argv[1] == NULL ? "" : argv[1];
    static char line[100];
    memset(line, 'x', sizeof line - 1);
    if (strcmp(what, "exit") == 0)
        return atoi(argv[2]);
    if (strcmp(what, "both") == 0) {
        printf("to stdout\r\nno newline\xff");
        fprintf(stderr, "to stderr");
        return atoi(argv[2]);
    }
    if (strcmp(what, "name") == 0)
        printf("%s inner=%s\n", argv[0], getenv("CAIRN_INNER") ? getenv("CAIRN_INNER") : "");
    if (strcmp(what, "compile") == 0) { /* as one that writes into a file that exists */
        put_file(argv[2], "compiled\n");
        printf("compiled\n");
    }
    if (strcmp(what, "deps") == 0)
        put_file(argv[2], "x.o: x.c x.h\n");
    if (strcmp(what, "scan") == 0) {
        printf("never seen\n");
        put_file(argv[2], "x.o: scanned\n");
        return atoi(argv[3]);
    }
    if (strcmp(what, "descriptors") == 0)
        list_descriptors();
    if (strcmp(what, "die") == 0) {
        raise(atoi(argv[2]));
        return 1;
    }
    if (strcmp(what, "wait") == 0) { /* tells that it runs, and then only a signal ends it */
        put_pid(argv[2], getpid());
        pause();
    }
    if (strcmp(what, "first") == 0) { /* waits as above the first time, and later does what follows */
        if (access(argv[2], F_OK) == 0)
            return compiler(argv + 2);
        put_pid(argv[2], getpid());
        pause();
    }
    if (strcmp(what, "chat") == 0) { /* prints, tells that it did, and waits for a file */
        printf("chat\n");
        fflush(stdout);
        put_pid(argv[2], getpid());
        await_file(argv[3]);
    }
    if (strcmp(what, "after") == 0) {
        put_pid(argv[2], getpid());
        await_file(argv[3]);
        return compiler(argv + 3);
    }
    if (strcmp(what, "stubborn") == 0) { /* leaves a child that only SIGKILL ends, which leaves another that has nobody */
        pid_t child = fork();
        if (child == 0) {
            signal(SIGTERM, SIG_IGN);
            setsid();
            if (fork() == 0)
                put_pid(argv[2], getpid());
            pause();
        }
        pause();
    }
    if (strcmp(what, "grandchild") == 0) {
        printf("done\n");
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(60);
            pause();
        }
        put_pid(argv[2], child);
    }
    if (strcmp(what, "many") == 0)
        for (int i = atoi(argv[2]) / 100; i > 0; i--)
            fprintf(i % 2 ? stderr : stdout, "%s\n", line);
    if (strcmp(what, "copy") == 0)
        for (int c; (c = getchar()) != EOF;)
            putchar(c);
    if (strcmp(what, "signals") == 0) {
        sigset_t mask;
        sigprocmask(SIG_SETMASK, NULL, &mask);
        printf("ignored:");
        for (int i = 1; i < 32; i++)
            if (signal(i, SIG_DFL) == SIG_IGN)
                printf(" %d", i);
        printf(" blocked:");
        for (int i = 1; i < 32; i++)
            if (sigismember(&mask, i) == 1)
                printf(" %d", i);
        printf("\n");
    }
    return 0;
}

/* Runs the program and prints how it ended, and in how many tenths of a second. */
static int status(char **argv) {
    struct timespec from, to;
    int how = 0;
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(125);
    }
    waitpid(child, &how, 0);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf(WIFSIGNALED(how) ? "signal %d\n" : "exit %d\n", WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
    long tenths = (to.tv_sec - from.tv_sec) * 10 + (to.tv_nsec - from.tv_nsec) / 100000000;
    if (getenv("PROBE_TIME") != NULL)
        put_file(getenv("PROBE_TIME"), tenths < 300 ? "quick" : "endless");
    return 0;
}

/* Runs the program with a pipe for stdout and stderr that isn't blocking and is read slowly; prints how many bytes came. */
static int slowly(char **argv) {
    int ends[2];
    long total = 0;
    static char buffer[30000];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        execvp(argv[0], argv);
        _exit(125);
    }
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0; total += n)
        poll(NULL, 0, 1);
    int how = 0;
    waitpid(child, &how, 0);
    printf("%ld bytes, exit %d\n", total, WEXITSTATUS(how));
    return 0;
}

/* A zombie that its new parent has not waited for has ended, too. */
static int exists(const char *pid) {
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    if (file != NULL)
        fclose(file);
    return state != 'Z';
}

static int tool(char **argv) {
    const char *execute;
    if (strcmp(argv[1], "status") == 0)
        return status(argv + 2);
    if (strcmp(argv[1], "slowly") == 0)
        return slowly(argv + 2);
    if (strcmp(argv[1], "as") == 0) { /* exec -a */
        argv[3] = (execute = argv[3], argv[2]);
        execv(execute, argv + 3);
    } else if (strcmp(argv[1], "ignoring") == 0) {
        signal(atoi(argv[2]), SIG_IGN);
        execvp(argv[3], argv + 3);
    } else if (strcmp(argv[1], "blocking") == 0) {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, atoi(argv[2]));
        sigprocmask(SIG_SETMASK, &mask, NULL);
        execvp(argv[3], argv + 3);
    } else if (strcmp(argv[1], "kind") == 0) { /* what is there: type, mode and size */
        struct stat is;
        if (lstat(argv[2], &is) != 0)
            return printf("nothing\n"), 0;
        printf("%s %o %ld\n", S_ISREG(is.st_mode) ? "file" : S_ISLNK(is.st_mode) ? "link" : S_ISCHR(is.st_mode) ? "device" : "other",
               is.st_mode & 07777, (long)is.st_size);
        return 0;
    } else if (strcmp(argv[1], "gone") == 0) { /* waits until a process has ended */
        int there = 1;
        for (int i = 0; i < 3000 && (there = exists(argv[2])); i++)
            poll(NULL, 0, 1);
        return there;
    } else if (strcmp(argv[1], "appears") == 0) { /* waits until a file is there and not empty */
        struct stat is = {0};
        await_file(argv[2]);
        return stat(argv[2], &is) != 0 || is.st_size == 0;
    }
    perror(argv[1]);
    return 125;
}

int main(int argc, char **argv) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash == NULL ? argv[0] : slash + 1;
    return argc < 2 || strncmp(name, "probe", 5) != 0 ? compiler(argv) : tool(argv);
}
