#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

static const char *const other_caches[] = {"ccache", "sccache", "zccache", "kache", "buildcache", "cairn"};

/* Our own file. Not by argv[0], which is whatever the caller says; without /proc, by the name that the kernel executed. */
static bool stat_self(struct stat *self) {
    if (stat("/proc/self/exe", self) == 0)
        return true;
    const char *executed = (const char *)getauxval(AT_EXECFN);
    return executed != NULL && stat(executed, self) == 0;
}

static bool same_bytes(const char *path) {
    enum { CHUNK = 16384 };
    char *ours = reserve(CHUNK), *theirs = reserve(CHUNK);
    int a = above_stdio(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)), b = above_stdio(open(path, O_RDONLY | O_CLOEXEC));
    bool same = a >= 0 && b >= 0 && ours != NULL && theirs != NULL;
    for (ssize_t n = 1; same && n > 0;) {
        n = read(a, ours, CHUNK);
        same = n >= 0 && read(b, theirs, CHUNK) == n && memcmp(ours, theirs, (size_t)n) == 0;
    }
    give_back(ours);
    close(a);
    close(b);
    return same;
}

/* Two copies in PATH would otherwise execute each other for ever; only a file of our own size is worth reading. */
static bool is_self(const char *path, const struct stat *file, const struct stat *self) {
    if (file->st_dev == self->st_dev && file->st_ino == self->st_ino)
        return true;
    return file->st_size == self->st_size && same_bytes(path);
}

/* Where a symbolic link leads, as seen from where we are; NULL when it is none. */
static char *link_target(const char *path) {
    char *target = read_link(path);
    if (target == NULL || target[0] == '/')
        return target;
    char *directory = copied(path, (size_t)(base_name(path) - path));
    return directory == NULL ? NULL : joined(directory, target, NULL);
}

/* Follows the links of the last component only: the name at the end of the chain is all that matters. */
static bool leads_to_other_cache(const char *path, const char *name) {
    for (int hops = 0; hops < 40; hops++) {
        const char *target = link_target(path);
        if (target == NULL)
            return false;
        const char *base = base_name(target);
        for (size_t i = 0; i < sizeof other_caches / sizeof *other_caches; i++)
            if (strcmp(base, other_caches[i]) == 0 && strcmp(base, name) != 0)
                return true;
        path = target;
    }
    return false;
}

/* As a shell searches; errno is EACCES when only files that can't be executed were found. */
static char *search_path(const char *name, const struct stat *self) {
    const char *path = getenv("PATH");
    int error = ENOENT;
    for (const char *entry = path == NULL ? "/bin:/usr/bin" : path; entry != NULL;) {
        size_t length = strcspn(entry, ":");
        struct stat file;
        char *directory = copied(entry, length), *found = directory == NULL ? NULL : joined(directory, length == 0 ? "./" : "/", name, NULL);
        if (found != NULL && stat(found, &file) == 0 && S_ISREG(file.st_mode)) {
            if (access(found, X_OK) != 0)
                error = EACCES;
            else if (!is_self(found, &file, self) && !leads_to_other_cache(found, name))
                return found;
        }
        give_back(directory);
        entry = entry[length] == ':' ? entry + length + 1 : NULL;
    }
    errno = error;
    return NULL;
}

/* Finds the file to execute for a name. A path is taken as it is, except that a link to ourselves stands for the compiler of its name. */
bool find_compiler(struct invocation *invocation, const char *name) {
    struct stat self = {0}, file;
    stat_self(&self);
    if (strchr(name, '/') != NULL) {
        invocation->compiler = copied(name, strlen(name));
        if (invocation->compiler == NULL) {
            errno = ENAMETOOLONG;
            return false;
        }
        if (stat(name, &file) != 0 || !is_self(name, &file, &self))
            return true;
        name = base_name(name);
    }
    if (*name == '\0') {
        errno = ENOENT;
        return false;
    }
    invocation->compiler = search_path(name, &self);
    return invocation->compiler != NULL;
}

/* exec answers ENOEXEC to a script without "#!", which every shell and execvp run with sh. A foreign binary is not such a script. */
static void exec_with_shell(const char *path, char **argv) {
    char start[128];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, start, sizeof start);
    close(fd);
    if (length < 0 || memchr(start, '\0', (size_t)length) != NULL)
        return;
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    char **shell = calloc(count + 2, sizeof *shell);
    if (shell == NULL)
        return;
    shell[0] = "sh";
    shell[1] = (char *)path;
    for (size_t i = 1; i < count; i++)
        shell[i + 1] = argv[i];
    execve("/bin/sh", shell, environ);
}

/* Becomes the compiler; when that is impossible, says so and exits as a shell would. */
_Noreturn void exec_compiler(const struct invocation *invocation, char **argv) {
    execve(invocation->compiler, argv, environ);
    int error = errno;
    if (error == ENOEXEC)
        exec_with_shell(invocation->compiler, argv);
    say("cairn: ", argv[0], ": ", strerror(error), NULL);
    _exit(error == ENOENT || error == ENOTDIR ? 127 : 126);
}
