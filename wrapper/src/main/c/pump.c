#include "cairn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void capture(struct stream *stream, const unsigned char *bytes, size_t length) {
    size_t free = CAPTURE_MAX - stream->length;
    if (length > free) {
        length = free;
        stream->cut = true;
    }
    while (stream->room - stream->length < length) {
        size_t room = stream->room == 0 ? sizeof stream->chunk : 2 * stream->room;
        unsigned char *moved = realloc(stream->captured, room);
        if (moved == NULL) {
            stream->cut = true;
            return;
        }
        stream->captured = moved;
        stream->room = room;
    }
    if (length > 0)
        memcpy(stream->captured + stream->length, bytes, length);
    stream->length += length;
}

static void end_stream(struct stream *stream) {
    close(stream->in);
    stream->in = -1;
}

static void fetch(struct stream *stream) {
    size_t wanted = sizeof stream->chunk;
    if ((uint64_t)stream->left < wanted)
        wanted = (size_t)stream->left;
    ssize_t n = read(stream->in, stream->chunk, wanted);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        end_stream(stream);
        return;
    }
    capture(stream, stream->chunk, (size_t)n);
    stream->left -= stream->left == INT64_MAX ? 0 : n;
    stream->start = 0;
    stream->stop = stream->out < 0 ? 0 : (size_t)n;
}

/* At most what a pipe that polls writable surely takes, so that a slow reader of one stream doesn't hold up the other. */
static void pass_on(struct stream *stream) {
    size_t length = stream->stop - stream->start;
    ssize_t n = write(stream->out, stream->chunk + stream->start, length < PIPE_BUF ? length : PIPE_BUF);
    if (n >= 0)
        stream->start += (size_t)n;
    else if (errno != EINTR && errno != EAGAIN) { /* closed by its reader: the compiler's output is still wanted for the cache */
        stream->out = -1;
        stream->start = stream->stop;
    }
}

static bool waiting(const struct stream *stream) {
    return stream->start < stream->stop;
}

static bool over(pid_t compiler, int pidfd, const struct pollfd *process) {
    siginfo_t info = {0};
    if (pidfd >= 0)
        return process->revents != 0;
    return waitid(P_PID, (id_t)compiler, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/* What the compiler wrote is in the pipe when it has ended; what comes later is from a process that it left behind. */
static void read_only_the_rest(struct stream *stream) {
    int available = 0;
    if (stream->in >= 0 && ioctl(stream->in, FIONREAD, &available) != 0)
        available = 0;
    stream->left = available;
}

static bool silent(const struct stream streams[2]) {
    return streams[0].length == 0 && !streams[0].cut && streams[1].length == 0 && !streams[1].cut;
}

/*
 * Forwards and captures both streams until the compiler has ended and all its output is passed on. Without a pidfd (before Linux 5.3) it
 * looks every 20 ms, which costs no time as long as the end of the streams tells of the compiler's end. True, before that, when the daemon
 * (-1: none) says something to a compiler that runs and has printed nothing.
 */
bool pump(struct stream streams[2], pid_t compiler, int daemon) {
    int pidfd = open_pidfd(compiler);
    bool alive = true;
    while (alive || waiting(&streams[0]) || waiting(&streams[1]) || streams[0].in >= 0 || streams[1].in >= 0) {
        struct pollfd set[4] = {{.fd = alive ? pidfd : -1, .events = POLLIN}};
        bool quiet = streams[0].in < 0 && streams[1].in < 0 && !waiting(&streams[0]) && !waiting(&streams[1]);
        if (quiet && pidfd < 0)
            break;
        for (int i = 0; i < 2; i++) {
            bool write_next = waiting(&streams[i]);
            set[i + 1].fd = write_next ? streams[i].out : streams[i].in;
            set[i + 1].events = write_next ? POLLOUT : POLLIN;
        }
        set[3].fd = alive && silent(streams) ? daemon : -1;
        set[3].events = POLLIN;
        if (poll(set, 4, alive && pidfd < 0 ? 20 : -1) < 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (set[i + 1].revents != 0)
                (set[i + 1].events == POLLOUT ? pass_on : fetch)(&streams[i]);
        if (alive && over(compiler, pidfd, &set[0])) {
            alive = false;
            read_only_the_rest(&streams[0]);
            read_only_the_rest(&streams[1]);
        }
        if (alive && set[3].revents != 0 && silent(streams)) {
            close(pidfd);
            return true;
        }
        for (int i = 0; i < 2; i++)
            if (streams[i].in >= 0 && streams[i].left == 0)
                end_stream(&streams[i]);
    }
    close(pidfd);
    return false;
}
