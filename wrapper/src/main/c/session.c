#include "cairn.h"

#include <string.h>
#include <unistd.h>

extern char **environ;

static size_t list_size(char **list) {
    size_t size = 4;
    for (; *list != NULL; list++)
        size += 4 + strlen(*list);
    return size;
}

static unsigned char *put_text(unsigned char *to, const char *text, const char *more) {
    size_t first = strlen(text), second = strlen(more);
    put32(to, (uint32_t)(first + second));
    memcpy(to + 4, text, first);
    memcpy(to + 4 + first, more, second);
    return to + 4 + first + second;
}

static unsigned char *put_list(unsigned char *to, char **list) {
    unsigned char *count = to;
    uint32_t n = 0;
    for (to += 4; list[n] != NULL; n++)
        to = put_text(to, list[n], "");
    put32(count, n);
    return to;
}

static unsigned char *put64(unsigned char *to, uint64_t value) {
    put32(to, (uint32_t)value);
    put32(to + 4, (uint32_t)(value >> 32));
    return to + 8;
}

/* The payload of COMPILE, in one piece of memory that lives until exit. */
static bool describe(const struct invocation *invocation, struct iovec *request) {
    struct stat directory;
    size_t size = 22 + 3 * 4 + 2 * strlen(invocation->directory) + strlen(invocation->compiler) + 1 + list_size(invocation->argv)
        + list_size(environ);
    unsigned char *to = reserve(size);
    request->iov_base = to;
    if (to == NULL || stat(".", &directory) != 0)
        return false;
    *to++ = PROTOCOL;
    *to++ = 0;
    put32(to, (isatty(STDOUT_FILENO) ? 1 : 0) | (isatty(STDERR_FILENO) ? 2 : 0));
    to = put64(put64(to + 4, directory.st_dev), directory.st_ino);
    to = put_text(to, invocation->directory, "");
    if (invocation->compiler[0] == '/') {
        to = put_text(to, invocation->compiler, "");
    } else {
        unsigned char *length = to;
        to = put_text(to, invocation->directory, "/");
        unsigned char *rest = to;
        size_t bytes = strlen(invocation->compiler);
        memcpy(rest, invocation->compiler, bytes);
        to += bytes;
        put32(length, (uint32_t)(to - length - 4));
    }
    to = put_list(put_list(to, invocation->argv), environ);
    request->iov_len = (size_t)(to - (unsigned char *)request->iov_base);
    return true;
}

static enum transfer ask(int daemon, struct iovec request, struct frame *reply) {
    int64_t deadline = now_ms() + REPLY_MS;
    struct iovec parts[] = {{0}, request};
    enum transfer state = send_frame(daemon, COMPILE, parts, 2, deadline);
    return state == TRANSFERRED ? receive_frame(daemon, reply, true, deadline) : state;
}

static enum transfer report_undelivered(int daemon, int error, const char *where, struct frame *reply) {
    int64_t deadline = now_ms() + REPLY_MS;
    unsigned char numbers[8];
    put32(numbers, (uint32_t)error);
    put32(numbers + 4, (uint32_t)strlen(where));
    struct iovec parts[] = {{0}, {numbers, sizeof numbers}, {(char *)where, strlen(where)}};
    enum transfer state = send_frame(daemon, UNDELIVERED, parts, 3, deadline);
    return state == TRANSFERRED ? receive_frame(daemon, reply, true, deadline) : state;
}

/* Does what the daemon said; comes back when that can't be done and the compiler is to be run as if there were no daemon. */
static void obey(const struct invocation *invocation, int daemon, struct frame *reply) {
    struct hit hit;
    int error;
    const char *where;
    bool overtaken = reply->type == RUN;
    if (overtaken)
        run(invocation, daemon, reply, &hit);
    if (overtaken || (reply->type == HIT && take_hit(reply, &hit))) {
        deliver(&hit, &error, &where);
        if (report_undelivered(daemon, error, where, reply) == TRANSFERRED && reply->type == RUN)
            run(invocation, daemon, reply, &hit);
    }
}

static bool find_directory(struct invocation *invocation) {
    invocation->directory = reserve(PATH_MAX);
    bool found = invocation->directory != NULL && getcwd(invocation->directory, PATH_MAX) != NULL;
    if (found)
        give_back(invocation->directory + strlen(invocation->directory) + 1);
    return found;
}

/* Compiles by way of the daemon where possible, else without. A daemon that just went away gets one more chance, another one may be there. */
_Noreturn void compile(struct invocation *invocation) {
    struct endpoint endpoint;
    struct iovec request;
    struct frame reply;
    bool usable = find_directory(invocation) && find_endpoint(&endpoint) && !in_trouble(&endpoint) && describe(invocation, &request);
    enum transfer state = CLOSED;
    for (int attempt = 0; usable && state == CLOSED && attempt < 2; attempt++) {
        int daemon = reach_daemon(&endpoint);
        if (daemon < 0)
            break;
        state = ask(daemon, request, &reply);
        if (state == TIMED_OUT || (state == CLOSED && attempt == 1))
            record_trouble(&endpoint);
        else if (state == TRANSFERRED) {
            if (endpoint.troubled)
                unlink(endpoint.trouble);
            obey(invocation, daemon, &reply);
        }
        close(daemon);
    }
    exec_compiler(invocation, invocation->argv);
}
