/*
 * Cairn's launcher: the program that a build starts in place of its compiler. It asks the daemon what to do, and whatever goes wrong on
 * the way, it runs the compiler. What is said between the two, and where they meet, is fixed in docs/protocol.md.
 */
#ifndef CAIRN_H
#define CAIRN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifndef CAIRN_VERSION
#error "give the version: -DCAIRN_VERSION='\"0.1.0\"'"
#endif

/* How long the launcher is patient, in milliseconds. Tests shorten these with -D. */
#ifndef REPLY_MS
#define REPLY_MS 3000 /* sending the request and reading the answer */
#endif
#ifndef START_MS
#define START_MS 5000 /* from deciding to start a daemon until it answers */
#endif
#ifndef DONE_MS
#define DONE_MS 10000 /* handing over the result of a compilation */
#endif
#ifndef BUSY_MS
#define BUSY_MS 300 /* full backlog */
#endif
#ifndef SCAN_MS
#define SCAN_MS 30000 /* a dependency scan that is still running when the compiler has ended */
#endif

#ifndef ROOM
#define ROOM (512u << 10) /* bytes of what is needed until exit, before malloc is asked for more; with less, sanitizers see more */
#endif

#define CAPTURE_MAX (16u << 20)      /* bytes kept of each of the compiler's streams */
#define DEPENDENCIES_MAX (64u << 20) /* bytes of a dependency list */
#define LONGEST_PAUSE 64             /* seconds without a daemon after repeated trouble */
#define INNER "CAIRN_INNER"          /* set for compilers that Cairn runs */

/* An invocation as the build wrote it. */
struct invocation {
    char **argv;                 /* argv[0] is the compiler as the user named it */
    char *compiler;              /* the file to execute; may be relative */
    char *directory;             /* the working directory */
};

/* Where the daemon of this user, cache directory and version is met. */
struct endpoint {
    char *cache, *run, *trouble;
    size_t home_length; /* of the cache's path, when it is below the home directory */
    char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
    bool troubled; /* a trouble file exists, from whatever time */
};

/* text.c: strings without stdio. All variadic lists end in NULL. */
bool join(char *to, size_t size, ...) __attribute__((sentinel));
void say(const char *first, ...) __attribute__((sentinel));
const char *decimal(uint64_t number, char digits[21]);
const char *base_name(const char *path);

/* memory.c: what is needed until exit */
void *reserve(size_t size);
void give_back(void *from);
char *copied(const char *path, size_t length);
char *read_link(const char *path);
char *joined(const char *first, ...) __attribute__((sentinel));

/* system.c: time and descriptors */
int64_t now_ms(void);
void sleep_ms(int milliseconds);
int time_left(int64_t deadline);
int above_stdio(int fd);
int open_pidfd(pid_t pid);

/* compiler.c */
bool find_compiler(struct invocation *invocation, const char *name);
_Noreturn void exec_compiler(const struct invocation *invocation, char **argv);

/* endpoint.c */
bool find_endpoint(struct endpoint *endpoint);
bool make_run_directory(const struct endpoint *endpoint);
int connect_endpoint(const struct endpoint *endpoint);
bool in_trouble(struct endpoint *endpoint);
void record_trouble(const struct endpoint *endpoint);

/* daemon.c and java.c */
int reach_daemon(struct endpoint *endpoint);
_Noreturn void exec_command_line(char **arguments);
_Noreturn void exec_daemon(const struct endpoint *endpoint);

/* wire.c */
enum { COMPILE = 0x01, FINISHED, UNDELIVERED, RUNNING = 0x05 };
enum { PASSTHROUGH = 0x81, HIT, RUN, DONE };
enum { PROTOCOL = 2, HEADER = 5, FRAME_MAX = 268435456 };

enum transfer { TRANSFERRED, TIMED_OUT, CLOSED, MALFORMED };

/* A received frame, and how far it has been read. `bad` stays set once anything did not fit. */
struct frame {
    int type;
    unsigned char *at, *end;
    bool bad;
};

void put32(unsigned char *to, uint32_t value);
enum transfer send_frame(int fd, int type, struct iovec *parts, int count, int64_t deadline);
enum transfer receive_frame(int fd, struct frame *frame, bool alone, int64_t deadline);
uint8_t take8(struct frame *frame);
uint32_t take32(struct frame *frame);
uint64_t take64(struct frame *frame);
unsigned char *take_bytes(struct frame *frame, uint32_t *length);
char *take_text(struct frame *frame);
char **take_list(struct frame *frame, uint32_t *count);

/* session.c */
_Noreturn void compile(struct invocation *invocation);

/* deliver.c */
struct hit {
    uint32_t flags, code, count, out_length, err_length;
    struct file *files;
    unsigned char *out, *err;
};
bool take_hit(struct frame *frame, struct hit *hit);
bool deliverable(const struct hit *hit);
void deliver(const struct hit *hit, int *error, const char **where);
void write_output(int fd, const unsigned char *bytes, size_t length);

/* run.c, race.c, signals.c, pump.c */
void run(const struct invocation *invocation, int daemon, struct frame *order, struct hit *overtaking);

bool watch_descendants(void);
void end_descendants(void);
bool receive_overtaking(int daemon, struct hit *hit);

struct stream {
    int in, out;                   /* the compiler's pipe; our own descriptor, -1 when it can't be written any more */
    int64_t left;                  /* bytes still to read once the compiler has ended; before that, any number */
    size_t start, stop;            /* of what is read and not yet forwarded, in the chunk */
    unsigned char *captured;
    size_t length, room;
    bool cut;
    unsigned char chunk[65536];
};
bool pump(struct stream streams[2], pid_t compiler, int daemon);

void take_signals(void);
void forward_signals_to(pid_t compiler);
void give_signals_back(void);
int reap(pid_t compiler);
_Noreturn void die_of(int signal);

#endif
