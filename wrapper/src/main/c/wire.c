#include "cairn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

void put32(unsigned char *to, uint32_t value) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t little_endian(const unsigned char *from, int bytes) {
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | from[bytes];
    return value;
}

static enum transfer wait_until(int fd, short events, int64_t deadline) {
    struct pollfd socket = {.fd = fd, .events = events};
    for (;;) {
        int ready = poll(&socket, 1, time_left(deadline));
        if (ready > 0)
            return TRANSFERRED;
        if (ready == 0)
            return TIMED_OUT;
        if (errno != EINTR)
            return CLOSED;
    }
}

static enum transfer send_parts(int fd, struct iovec *parts, int count, int64_t deadline) {
    while (count > 0) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (unsigned)count};
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            enum transfer state = wait_until(fd, POLLOUT, deadline);
            if (state != TRANSFERRED)
                return state;
        } else if (sent < 0 && errno != EINTR) {
            return CLOSED;
        }
        for (; count > 0 && sent >= (ssize_t)parts->iov_len; parts++, count--)
            sent -= (ssize_t)parts->iov_len;
        if (count > 0 && sent > 0) {
            parts->iov_base = (char *)parts->iov_base + sent;
            parts->iov_len -= (size_t)sent;
        }
    }
    return TRANSFERRED;
}

/* Sends a frame of the given payload; parts[0] is left free for the header. The parts are consumed. */
enum transfer send_frame(int fd, int type, struct iovec *parts, int count, int64_t deadline) {
    unsigned char header[HEADER];
    size_t length = 1;
    for (int i = 1; i < count; i++)
        length += parts[i].iov_len;
    if (length > FRAME_MAX)
        return MALFORMED;
    put32(header, (uint32_t)length);
    header[4] = (unsigned char)type;
    parts[0] = (struct iovec){header, HEADER};
    return send_parts(fd, parts, count, deadline);
}

/*
 * Receives one frame. When it is alone, as the daemon sends nothing after it unasked, one recv mostly does; else no byte of the next one
 * is taken. What the frame holds stays valid until exit.
 */
enum transfer receive_frame(int fd, struct frame *frame, bool alone, int64_t deadline) {
    size_t room = 65536, have = 0, need = 0;
    unsigned char *small = reserve(room), *buffer = small;
    if (small == NULL)
        return MALFORMED;
    while (need == 0 || have < need) {
        enum transfer state = wait_until(fd, POLLIN, deadline);
        if (state != TRANSFERRED)
            return state;
        size_t end = alone ? room : need == 0 ? HEADER : need;
        ssize_t got = recv(fd, buffer + have, end - have, 0);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return CLOSED;
        have += got > 0 ? (size_t)got : 0;
        if (need == 0 && have >= HEADER) {
            need = 4 + (size_t)little_endian(buffer, 4);
            if (need < HEADER || need > 4 + (size_t)FRAME_MAX || have > need)
                return MALFORMED;
            if (need > room) {
                buffer = reserve(room = need);
                if (buffer == NULL)
                    return MALFORMED;
                memcpy(buffer, small, have);
            }
        }
    }
    give_back(buffer + need);
    *frame = (struct frame){.type = buffer[4], .at = buffer + HEADER, .end = buffer + need, .bad = have > need};
    return frame->bad ? MALFORMED : TRANSFERRED;
}

static unsigned char *take(struct frame *frame, size_t bytes) {
    if (frame->bad || bytes > (size_t)(frame->end - frame->at)) {
        frame->bad = true;
        return NULL;
    }
    frame->at += bytes;
    return frame->at - bytes;
}

static uint64_t take_number(struct frame *frame, int bytes) {
    const unsigned char *at = take(frame, (size_t)bytes);
    return at == NULL ? 0 : little_endian(at, bytes);
}

uint8_t take8(struct frame *frame) {
    return (uint8_t)take_number(frame, 1);
}

uint32_t take32(struct frame *frame) {
    return (uint32_t)take_number(frame, 4);
}

uint64_t take64(struct frame *frame) {
    return take_number(frame, 8);
}

unsigned char *take_bytes(struct frame *frame, uint32_t *length) {
    *length = take32(frame);
    unsigned char *bytes = take(frame, *length);
    if (bytes == NULL)
        *length = 0;
    return bytes;
}

/* A C string made in place: moved one byte down, over its own length, there is room for the terminator. Never NULL. */
char *take_text(struct frame *frame) {
    uint32_t length;
    unsigned char *bytes = take_bytes(frame, &length);
    if (bytes == NULL || memchr(bytes, '\0', length) != NULL) {
        frame->bad = true;
        return "";
    }
    memmove(bytes - 1, bytes, length);
    *(bytes - 1 + length) = '\0';
    return (char *)bytes - 1;
}

/* An argument vector, NULL at its end. */
char **take_list(struct frame *frame, uint32_t *count) {
    *count = take32(frame);
    if (frame->bad || *count > (size_t)(frame->end - frame->at) / 4) {
        frame->bad = true;
        *count = 0;
    }
    char **list = reserve(((size_t)*count + 1) * sizeof *list);
    if (list == NULL) {
        frame->bad = true;
        return NULL;
    }
    for (uint32_t i = 0; i < *count; i++)
        list[i] = take_text(frame);
    list[*count] = NULL;
    return list;
}
