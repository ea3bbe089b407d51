#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* The distribution that this launcher belongs to, and the start of a command line of its Java runtime. */
struct java {
    char launcher[PATH_MAX], home[PATH_MAX];
    char binary[PATH_MAX + 32], options[PATH_MAX + 32], aot[PATH_MAX + 32], jar[PATH_MAX + 32], home_property[PATH_MAX + 32];
};

static bool find_java(struct java *java, const char *options, const char *aot) {
    ssize_t length = readlink("/proc/self/exe", java->launcher, sizeof java->launcher - 1);
    if (length <= 0)
        return false;
    java->launcher[length] = '\0';
    join(java->home, sizeof java->home, java->launcher, NULL);
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(java->home, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    join(java->binary, sizeof java->binary, java->home, "/runtime/bin/java", NULL);
    join(java->options, sizeof java->options, "@", java->home, "/lib/", options, NULL);
    join(java->aot, sizeof java->aot, "-XX:AOTCache=", java->home, "/lib/", aot, NULL);
    join(java->jar, sizeof java->jar, java->home, "/lib/cairn.jar", NULL);
    join(java->home_property, sizeof java->home_property, "-Dcairn.home=", java->home, NULL);
    return true;
}

/* Becomes the command line. Without a usable cache directory it is told none, so that `help` and `doctor` still work. */
_Noreturn void exec_command_line(char **arguments) {
    static struct java java;
    static struct endpoint endpoint;
    static char launcher[PATH_MAX + 32], cache[PATH_MAX + 32], socket[PATH_MAX];
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
    join(argv[used++] = launcher, sizeof launcher, "-Dcairn.launcher=", java.launcher, NULL);
    if (find_endpoint(&endpoint)) {
        join(argv[used++] = cache, sizeof cache, "-Dcairn.dir=", endpoint.cache, NULL);
        join(argv[used++] = socket, sizeof socket, "-Dcairn.endpoint=", endpoint.socket, NULL);
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
    static char path[PATH_MAX], text[65536];
    const char *named = getenv("CAIRN_CONFIG"), *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (named != NULL && *named != '\0')
        join(path, sizeof path, named, NULL);
    else if (base != NULL && *base == '/')
        join(path, sizeof path, base, "/cairn/config.toml", NULL);
    else if (home != NULL && *home == '/')
        join(path, sizeof path, home, "/.config/cairn/config.toml", NULL);
    int fd = *path == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
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
    static struct java java;
    static char libraries[PATH_MAX + 32];
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
        join(environment[used++] = libraries, sizeof libraries, "LD_LIBRARY_PATH=", java.home, "/lib/native", NULL);
        environment[used++] = "LD_PRELOAD=libcairn-bytes.so"; /* paths are bytes to the daemon, whatever the locale */
        environment[used++] = "ROCKSDB_MUSL_LIBC=false"; /* else its Java part starts a shell and ldd to find that out */
        char *argv[] = {java.binary, java.options, java.aot, java.home_property, "-cp", java.jar, "dev.cairn.wrapper.Main", "daemon",
                        (char *)endpoint->cache, (char *)endpoint->socket, NULL};
        execve(java.binary, argv, environment);
        say("cairn: ", java.binary, ": ", strerror(errno), NULL);
    }
    _exit(127);
}
