#include "cairn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* `home_length`: the part of the path that is the user's to make: a home that isn't there means "leave nothing behind" (package builds). */
static char *find_cache_directory(size_t *home_length) {
    const char *explicit = setting("CAIRN_DIR"), *xdg = setting("XDG_CACHE_HOME"), *home = setting("HOME");
    char *cache = NULL;
    *home_length = 0;
    if (explicit != NULL) {
        cache = *explicit == '/' ? copied(explicit, strlen(explicit)) : NULL;
        if (cache == NULL)
            say("cairn: CAIRN_DIR=", explicit, " is not an absolute path; nothing is cached until it is", NULL);
    } else if (xdg != NULL && *xdg == '/') { /* its specification: a relative one is to be ignored */
        cache = joined(xdg, "/cairn", NULL);
    } else {
        cache = home != NULL && *home == '/' ? joined(home, "/.cache/cairn", NULL) : NULL;
        *home_length = cache == NULL ? 0 : strlen(home);
    }
    if (cache == NULL || strlen(cache) >= PATH_MAX)
        return NULL;
    for (size_t length = strlen(cache); length > 1 && cache[length - 1] == '/'; length--)
        cache[length - 1] = '\0';
    return cache;
}

static const char *fnv1a_hex(const char *text, char hex[17]) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    for (int i = 15; i >= 0; i--, hash >>= 4)
        hex[i] = "0123456789abcdef"[hash & 15];
    hex[16] = '\0';
    return hex;
}

/* The JVM binds sockets at paths in ASCII only. */
static bool is_ascii(const char *text) {
    while (*text != '\0' && (unsigned char)*text < 128)
        text++;
    return *text == '\0';
}

/* False when there is no usable cache directory. Touches nothing. */
bool find_endpoint(struct endpoint *endpoint) {
    char hex[17], digits[21];
    const char *uid = decimal(geteuid(), digits);
    endpoint->troubled = false;
    endpoint->cache = find_cache_directory(&endpoint->home_length);
    endpoint->run = endpoint->cache == NULL ? NULL : joined(endpoint->cache, "/run", NULL);
    endpoint->trouble = endpoint->run == NULL ? NULL : joined(endpoint->run, "/trouble", NULL);
    if (endpoint->trouble == NULL)
        return false;
    return (is_ascii(endpoint->run) && join(endpoint->socket, sizeof endpoint->socket, endpoint->run, "/", CAIRN_VERSION, ".sock", NULL))
        || join(endpoint->socket, sizeof endpoint->socket, "/tmp/cairn-", uid, "/", fnv1a_hex(endpoint->cache, hex), "-",
                CAIRN_VERSION, ".sock", NULL);
}

static bool make_private(const char *directory) {
    struct stat is;
    mkdir(directory, 0700);
    if (lstat(directory, &is) != 0 || !S_ISDIR(is.st_mode) || is.st_uid != geteuid())
        return false;
    return (is.st_mode & 077) == 0 || chmod(directory, 0700) == 0;
}

/* Creates what is missing of the cache directory (but no home), its run directory and the socket's directory. */
bool make_run_directory(const struct endpoint *endpoint) {
    char path[PATH_MAX];
    join(path, sizeof path, endpoint->cache, NULL);
    for (char *slash = strchr(path + 1 + endpoint->home_length, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
    join(path, sizeof path, endpoint->socket, NULL);
    *strrchr(path, '/') = '\0';
    return make_private(endpoint->run) && make_private(path);
}

/* A connected, non-blocking descriptor, or a negative errno. A daemon of another user counts as EPERM. */
int connect_endpoint(const struct endpoint *endpoint) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred peer;
    socklen_t length = sizeof peer;
    join(address.sun_path, sizeof address.sun_path, endpoint->socket, NULL);
    int fd = above_stdio(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd < 0)
        return -errno;
    int error = 0;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        error = errno;
    else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid())
        error = EPERM;
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

/* Whether launchers are to leave the daemon alone for now. A time further ahead than any pause comes from a clock that was set back. */
bool in_trouble(struct endpoint *endpoint) {
    struct stat file;
    struct timespec now;
    endpoint->troubled = stat(endpoint->trouble, &file) == 0;
    if (!endpoint->troubled)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    bool ahead = file.st_mtim.tv_sec > now.tv_sec || (file.st_mtim.tv_sec == now.tv_sec && file.st_mtim.tv_nsec > now.tv_nsec);
    return ahead && file.st_mtim.tv_sec - now.tv_sec <= LONGEST_PAUSE;
}

/* Many launchers that fail together are one failure: the first to record it speaks for all. */
void record_trouble(const struct endpoint *endpoint) {
    struct endpoint copy = *endpoint;
    struct stat file;
    if (in_trouble(&copy))
        return;
    int fd = above_stdio(open(endpoint->trouble, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd < 0)
        return;
    if (write(fd, "!", 1) == 1 && fstat(fd, &file) == 0) {
        struct timespec until[2];
        clock_gettime(CLOCK_REALTIME, &until[1]);
        until[1].tv_sec += file.st_size < 6 ? 1 << file.st_size : LONGEST_PAUSE;
        until[0] = until[1];
        futimens(fd, until);
    }
    close(fd);
}
