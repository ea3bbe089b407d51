/*
 * A peer of the launcher that answers as its arguments say, or at random.
 *
 *   fake_daemon [-f] SOCKET LOG ACTION...
 *
 * Prints its pid once it listens (-f: stays in the foreground and prints nothing) and ends after a quarter of an hour. In the directory LOG:
 * `compile` and `environment` hold the last request, `starts` and `requests` get a byte each, `undelivered` and `finished` say what the launcher reported, `running` gets a byte for each RUNNING, `sent` for each hit of a race, `out`, `err` and `deps` hold it.
 *
 *   passthrough | hang | close | close-once | truncate | huge-count | huge-length | deaf
 *   hit FLAGS CODE OUT ERR [b|i|s|l MODE DESTINATION BLOB-OR-TEXT]...    s: size one too large, l: inline of a lying size
 *   run [ARGUMENT]...        with an argument @deps, its place is the dependency path
 *   scan ARGUMENT...         runs the user's own argv, and these as the separate scan, @deps likewise
 *   race WHEN FLAGS...       runs the user's own argv, and sends a hit of these arguments when the file WHEN is there; or (late) just before DONE
 *   fuzz SEED BLOB
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static unsigned char out[1 << 20];
static size_t used;
static const char *log_directory;
static uint64_t state;

static uint32_t any(uint32_t below) { /* xorshift64* */
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(state * 2685821657736338717u >> 33) % below;
}

static void note(const char *name, const void *bytes, size_t size, int flags) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", log_directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        perror(path);
    close(fd);
}

static void u8(unsigned value) {
    out[used++] = (unsigned char)value;
}

static void u32(uint32_t value) {
    for (int i = 0; i < 4; i++)
        u8(value >> 8 * i & 255);
}

static void u64(uint64_t value) {
    u32((uint32_t)value);
    u32((uint32_t)(value >> 32));
}

static void bytes(const char *from, size_t size) {
    u32((uint32_t)size);
    memcpy(out + used, from, size);
    used += size;
}

static void text(const char *string) {
    bytes(string, strlen(string));
}

static void begin(unsigned type) {
    used = 0;
    u32(0);
    u8(type);
}

static void end(void) {
    uint32_t length = (uint32_t)used - 4;
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(length >> 8 * i);
}

static void transmit(int fd) {
    for (size_t sent = 0; sent < used;) {
        ssize_t n = send(fd, out + sent, used - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        sent += (size_t)n;
    }
}

static unsigned char *request;
static uint32_t request_size;

static uint32_t number(const unsigned char *at) {
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static int receive(int fd) {
    unsigned char header[4];
    free(request);
    request = NULL;
    if (recv(fd, header, 4, MSG_WAITALL) != 4)
        return 0;
    request_size = number(header);
    request = malloc(request_size);
    return recv(fd, request, request_size, MSG_WAITALL) == (ssize_t)request_size ? request[0] : 0;
}

static char *user_argv[4096];
static uint32_t user_count;

/* Finds argv in a COMPILE frame and keeps a copy. In LOG, `compile` says what the frame holds. */
static void remember_argv(void) {
    char line[10000];
    unsigned char *directory = request + 1 + 2 + 4 + 16, *compiler = directory + 4 + number(directory), *at = compiler + 4 + number(compiler);
    user_count = number(at);
    int n = snprintf(line, sizeof line, "%d %u %u %u %.*s %.*s %u\n", request[1] | request[2] << 8, number(request + 3), number(request + 7),
                     number(request + 15), (int)number(directory), directory + 4, (int)number(compiler), compiler + 4, user_count);
    note("compile", line, (size_t)n, O_TRUNC);
    at += 4;
    for (uint32_t i = 0; i < user_count; i++) {
        free(user_argv[i]);
        user_argv[i] = strndup((char *)at + 4, number(at));
        at += 4 + number(at);
    }
    uint32_t left = number(at);
    at += 4;
    note("environment", "", 0, O_TRUNC);
    for (; left > 0; left--) {
        note("environment", at + 4, number(at), O_APPEND);
        note("environment", "\n", 1, O_APPEND);
        at += 4 + number(at);
    }
    if (at != request + request_size)
        note("compile", "malformed\n", 10, O_TRUNC);
}

static void list(char **strings, uint32_t count) {
    uint32_t index = 0;
    u32(count);
    for (uint32_t i = 0; i < count; i++) {
        text(strings[i]);
        if (strcmp(strings[i], "@deps") == 0)
            index = i;
    }
    u32(index);
}

static uint32_t order_flags;

static void order(char **argv, uint32_t count, char **scan, uint32_t scan_count) {
    begin(0x83);
    u32(order_flags);
    list(count == 0 ? user_argv : argv, count == 0 ? user_count : count);
    list(scan, scan_count);
    end();
}

static void hit(char **argument) {
    uint32_t count = 0;
    while (argument[4 + 4 * count] != NULL)
        count++;
    begin(0x82);
    u32((uint32_t)atoi(argument[0]));
    u32((uint32_t)atoi(argument[1]));
    u32(count);
    for (char **file = argument + 4; *file != NULL; file += 4) {
        char kind = file[0][0];
        struct stat is = {0};
        int blob = kind == 'b' || kind == 's';
        stat(file[3], &is);
        u8(blob ? 0 : 1);
        u32((uint32_t)strtoul(file[1], NULL, 8));
        u64((blob ? (uint64_t)is.st_size : strlen(file[3])) + (kind == 's' || kind == 'l'));
        text(file[2]);
        text(file[3]);
    }
    text(argument[2]);
    text(argument[3]);
    end();
}

/* Valid or nearly valid, but never with a slash in it: the launcher believes the daemon, and this one must not reach other directories. */
static void fuzzed(const char *blob) {
    static char *scan[] = {"cc", "exit", "0", "@deps"}, *deps[] = {"cc", "deps", "@deps"};
    char *files[] = {"0", "0", "some output", "some diagnostics", "b", "666", "out.o", (char *)blob, "i", "777", "out.d", "out.o: x.c", NULL};
    order_flags = any(2);
    switch (any(6)) {
        case 0: begin(0x81); text("because"); end(); break;
        case 1: case 2: hit(files); break;
        case 3: order(NULL, 0, NULL, 0); break;
        case 4: order(deps, 3, NULL, 0); break;
        default: order(NULL, 0, scan, 4); break;
    }
    uint32_t kind = any(10);
    if (kind == 0) {
        used = 5 + any(300);
        for (size_t i = 0; i < used; i++)
            out[i] = (unsigned char)any(256);
    }
    for (uint32_t i = kind < 8 ? 1 + any(6) : 0; i > 0; i--) {
        static const unsigned char nasty[] = {0, 1, 0x7f, 0x80, 0xff};
        out[any(4) == 0 ? any((uint32_t)used) : 4 + any((uint32_t)used > 60 ? 56 : (uint32_t)used - 4)] =
            any(2) ? nasty[any(sizeof nasty)] : (unsigned char)any(256);
    }
    if (kind == 8)
        used = any((uint32_t)used);
    for (size_t i = 0; i < used; i++)
        if (out[i] == '/')
            out[i] = 'x';
}

static void overtake(int fd, char **race) {
    struct stat is = {0};
    for (int i = 0; i < 5000 && strcmp(race[0], "late") != 0 && (stat(race[0], &is) != 0 || is.st_size == 0); i++)
        usleep(1000);
    hit(race + 1);
    transmit(fd);
    note("sent", ".", 1, O_APPEND);
}

static void log_finished(void) {
    char line[200];
    uint32_t o = number(request + 9);
    unsigned char *err = request + 13 + o, *deps = err + 4 + number(err);
    int n = snprintf(line, sizeof line, "status %u flags %u out %u err %u deps %u\n", number(request + 1), number(request + 5), o,
                     number(err), number(deps));
    note("out", request + 13, o, O_TRUNC);
    note("err", err + 4, number(err), O_TRUNC);
    note("deps", deps + 4, number(deps), O_TRUNC);
    note("finished", line, (size_t)n, O_TRUNC);
}

static void log_undelivered(void) {
    char line[5000];
    int n = snprintf(line, sizeof line, "%s %.*s\n", strerror((int)number(request + 1)), (int)number(request + 5), request + 9);
    note("undelivered", line, (size_t)n, O_TRUNC);
}

/* Builds the first answer; false: none is to be sent. */
static int answer(char **action, int connection) {
    char **arguments = action + 1;
    uint32_t count = 0;
    while (arguments[count] != NULL)
        count++;
    if (strcmp(*action, "hang") == 0 || strcmp(*action, "close") == 0 || (strcmp(*action, "close-once") == 0 && connection == 1))
        return 0;
    if (strcmp(*action, "hit") == 0)
        hit(arguments);
    else if (strcmp(*action, "race") == 0) {
        order_flags = 1;
        order(NULL, 0, NULL, 0);
        order_flags = 0;
    } else if (strcmp(*action, "run") == 0)
        order(arguments, count, NULL, 0);
    else if (strcmp(*action, "scan") == 0)
        order(NULL, 0, arguments, count);
    else if (strcmp(*action, "fuzz") == 0)
        fuzzed(arguments[1]);
    else {
        begin(0x81);
        text("because");
        end();
    }
    if (strcmp(*action, "truncate") == 0)
        used -= 2;
    if (strcmp(*action, "huge-count") == 0) {
        begin(0x82), u32(0), u32(0), u32(0xffffffff), u64(0), u64(0), end();
    }
    if (strcmp(*action, "huge-length") == 0)
        used = 0, u32(0xffffffff), u8(0x82);
    return 1;
}

static void converse(int fd, char **action, int connection) {
    int fuzz = strcmp(*action, "fuzz") == 0, late = strcmp(*action, "race") == 0 && strcmp(action[1], "late") == 0;
    if (receive(fd) != 1)
        return;
    remember_argv();
    note("requests", ".", 1, O_APPEND);
    if (!answer(action, connection))
        return;
    transmit(fd);
    if (strcmp(*action, "truncate") == 0)
        return;
    for (int type; (type = receive(fd)) != 0;) {
        if (type == 2)
            log_finished();
        if (type == 3)
            log_undelivered();
        if (type == 5)
            note("running", ".", 1, O_APPEND);
        if (fuzz && any(2) == 0)
            return;
        used = 0;
        if (type == 5 && !fuzz && !late)
            overtake(fd, action + 1);
        if (type == 2 && late)
            overtake(fd, action + 1);
        if (type == 5 && !fuzz)
            continue;
        if (type == 3 && !fuzz) {
            order(NULL, 0, NULL, 0);
        } else if (type == 2) {
            begin(0x84), u8(1), end();
        } else if (fuzz) {
            fuzzed(action[2]);
        }
        transmit(fd);
    }
}

int main(int argc, char **argv) {
    int foreground = argc > 1 && strcmp(argv[1], "-f") == 0;
    argv += foreground;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    log_directory = argv[2];
    unlink(argv[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, strcmp(argv[3], "deaf") == 0 ? 0 : 256) != 0) {
        perror(argv[1]);
        return 1;
    }
    note("starts", ".", 1, O_APPEND);
    pid_t child = foreground ? 0 : fork();
    if (child != 0) {
        printf("%d\n", (int)child);
        return 0;
    }
    if (!foreground) {
        int null = open("/dev/null", O_RDWR);
        for (int i = 0; i < 3; i++)
            dup2(null, i);
    }
    alarm(900);
    if (strcmp(argv[3], "deaf") == 0)
        pause();
    for (int connection = 1;; connection++) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        struct timeval patience = {strcmp(argv[3], "fuzz") == 0 ? 2 : 30, 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (strcmp(argv[3], "fuzz") == 0)
            state = (strtoull(argv[4], NULL, 10) + (uint64_t)connection) * 0x9e3779b97f4a7c15u | 1;
        converse(fd, argv + 3, connection);
        if (strcmp(argv[3], "hang") != 0)
            close(fd);
    }
}
