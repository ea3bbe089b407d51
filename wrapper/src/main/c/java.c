#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* The distribution that this launcher belongs to, and the start of a command line of its Java runtime. */
struct java {
    char *launcher, *home, *binary, *options, *aot, *jar, *home_property;
};

static bool find_java(struct java *java, const char *options, const char *aot) {
    java->launcher = read_link("/proc/self/exe");
    java->home = java->launcher == NULL ? NULL : joined(java->launcher, NULL);
    if (java->home == NULL)
        return false;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(java->home, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    java->binary = joined(java->home, "/runtime/bin/java", NULL);
    java->options = joined("@", java->home, "/lib/", options, NULL);
    java->aot = joined("-XX:AOTCache=", java->home, "/lib/", aot, NULL);
    java->jar = joined(java->home, "/lib/cairn.jar", NULL);
    java->home_property = joined("-Dcairn.home=", java->home, NULL);
    return java->binary != NULL && java->options != NULL && java->aot != NULL && java->jar != NULL && java->home_property != NULL;
}

/* Becomes the command line. Without a usable cache directory it is told none, so that `help` and `doctor` still work. */
_Noreturn void exec_command_line(char **arguments) {
    struct java java;
    struct endpoint endpoint;
    size_t count = 0, used = 0;
    while (arguments[count] != NULL)
        count++;
    char **argv = calloc(count + 12, sizeof *argv);
    if (argv == NULL || !find_java(&java, "cli.options", "cairn-cli.aot")) {
        say("cairn: /proc/self/exe can't be read; is /proc mounted?", NULL);
        _exit(1);
    }
    argv[used++] = java.binary;
    argv[used++] = java.options;
    argv[used++] = java.aot;
    argv[used++] = java.home_property;
    argv[used++] = joined("-Dcairn.launcher=", java.launcher, NULL);
    if (find_endpoint(&endpoint)) {
        argv[used++] = joined("-Dcairn.dir=", endpoint.cache, NULL);
        argv[used++] = joined("-Dcairn.endpoint=", endpoint.socket, NULL);
    }
    argv[used++] = "-cp";
    argv[used++] = java.jar;
    argv[used++] = "dev.cairn.wrapper.Main";
    argv[used++] = "cli";
    memcpy(argv + used, arguments, count * sizeof *argv);
    execve(java.binary, argv, environ);
    say("cairn: ", java.binary, ": ", strerror(errno), NULL);
    _exit(errno == ENOENT ? 127 : 126);
}

/* Whether the settings file names a store of S3, as far as that can be told without reading TOML. */
static bool file_names_s3(void) {
    enum { SETTINGS_MAX = 65536 };
    char *text = reserve(SETTINGS_MAX), *path = NULL;
    const char *named = getenv("CAIRN_CONFIG"), *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (named != NULL && *named != '\0')
        path = joined(named, NULL);
    else if (base != NULL && *base == '/')
        path = joined(base, "/cairn/config.toml", NULL);
    else if (home != NULL && *home == '/')
        path = joined(home, "/.config/cairn/config.toml", NULL);
    int fd = text != NULL && path != NULL && *path == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    ssize_t length = fd < 0 ? -1 : read(fd, text, SETTINGS_MAX);
    close(fd);
    return length > 0 && memmem(text, (size_t)length, "s3://", 5) != NULL;
}

/* Whether builds here will share through S3. A wrong guess costs time only: the AOT cache for that is large. */
static bool shares_through_s3(void) {
    const char *remote = getenv("CAIRN_REMOTE");
    return remote != NULL && *remote != '\0' ? strncmp(remote, "s3:", 3) == 0 : file_names_s3();
}

/* Becomes the daemon, in a process that has already been cut loose from the build. */
_Noreturn void exec_daemon(const struct endpoint *endpoint) {
    static const char *const kept[] = {"HOME", "USER", "LOGNAME", "PATH"};
    struct java java;
    enum { KEPT = sizeof kept / sizeof *kept };
    char *environment[KEPT + 4] = {NULL};
    size_t used = 0;
    for (char **entry = environ; *entry != NULL; entry++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
            size_t length = strlen(kept[i]);
            bool wanted = strncmp(*entry, kept[i], length) == 0 && (*entry)[length] == '=';
            if (wanted && used < KEPT)
                environment[used++] = *entry;
        }
    if (find_java(&java, "daemon.options", shares_through_s3() ? "cairn-s3.aot" : "cairn.aot")) {
        environment[used++] = joined("LD_LIBRARY_PATH=", java.home, "/lib/native", NULL);
        environment[used++] = "LD_PRELOAD=libcairn-bytes.so"; /* paths are bytes to the daemon, whatever the locale */
        environment[used++] = "ROCKSDB_MUSL_LIBC=false"; /* else its Java part starts a shell and ldd to find that out */
        char *argv[] = {java.binary, java.options, java.aot, java.home_property, "-cp", java.jar, "dev.cairn.wrapper.Main", "daemon",
                        endpoint->cache, (char *)endpoint->socket, NULL};
        execve(java.binary, argv, environment);
        say("cairn: ", java.binary, ": ", strerror(errno), NULL);
    }
    _exit(127);
}
