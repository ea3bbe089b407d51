/*
 * Looks at files in a directory as a daemon does, has their names lead elsewhere, and looks again. Says of each way whether it was seen.
 * With a second argument the clock is set back meanwhile, as this program sees it, and each file has to be looked up by its name again.
 * Exit code 0 when all were, and the files were held before; 1 when one was overlooked; 2 when nothing could be tried; 3 when nothing was
 * held. To be linked with --wrap=clock_gettime.
 */
#include "held.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 4, LOOKS = 64, OVERLOOKED = 1, BROKEN = 2, NOTHING_HELD = 3 };

static char paths[FILES][4096], other[4096];

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

static time_t set_back; /* seconds */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec -= set_back;
    return result;
}

static void write_file(const char *path, const char *content) {
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(content, file) == EOF || fclose(file) != 0) {
        perror(path);
        exit(BROKEN);
    }
}

static void exchange(void) {
    if (renameat2(AT_FDCWD, other, AT_FDCWD, paths[0], RENAME_EXCHANGE) != 0)
        exit(BROKEN);
}

static void rename_over(void) {
    if (rename(other, paths[0]) != 0)
        exit(BROKEN);
}

static void remove_and_link(void) {
    if (unlink(paths[0]) != 0 || link(other, paths[0]) != 0)
        exit(BROKEN);
}

static void make_link(void) {
    if (unlink(paths[0]) != 0 || symlink(other, paths[0]) != 0)
        exit(BROKEN);
}

/* Writes everything anew, and has it looked at until it is held. Whether it is. */
static bool hold(struct appearance *are, struct appearance **list) {
    unlink(paths[0]);
    write_file(other, "other");
    for (int i = 0; i < FILES; i++)
        write_file(paths[i], "input");
    nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    for (int i = 0; i < FILES; i++) {
        if (!cairn_signature(paths[i], &are[i]))
            exit(BROKEN);
        are[i].kind = SAME;
        are[i].directory_length = (uint32_t)(strrchr(paths[i], '/') + 1 - paths[i]);
        list[i] = &are[i];
    }
    uint64_t before = 0;
    for (int i = 0; i < LOOKS; i++) {
        before = cairn_held_answers();
        if (cairn_first_unlike(list, 0, FILES) != FILES)
            exit(BROKEN);
    }
    return cairn_held_answers() - before == FILES;
}

/* Whether files are looked up by their names when the clock was set. */
static bool heeds_clock(struct appearance **list) {
    uint64_t before = cairn_held_answers();
    set_back = 1;
    return cairn_first_unlike(list, 0, FILES) == FILES && cairn_held_answers() == before;
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*change)(void);
    } ways[] = {{"exchange", exchange}, {"rename over", rename_over}, {"remove and link", remove_and_link}, {"symbolic link", make_link}};
    struct appearance are[FILES];
    struct appearance *list[FILES];
    bool held = true, seen = true;
    if (count < 2)
        return BROKEN;
    mkdir(arguments[1], 0755);
    snprintf(other, sizeof other, "%s/other", arguments[1]);
    for (int i = 0; i < FILES; i++)
        snprintf(paths[i], sizeof paths[i], "%s/input%d", arguments[1], i);
    if (count > 2)
        return !hold(are, list) ? NOTHING_HELD : heeds_clock(list) ? 0 : OVERLOOKED;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        held = hold(are, list) && held;
        ways[i].change();
        bool now = cairn_first_unlike(list, 0, FILES) != FILES;
        printf("%s: %s\n", ways[i].name, now ? "seen" : "OVERLOOKED");
        seen = seen && now;
    }
    return !seen ? OVERLOOKED : held ? 0 : NOTHING_HELD;
}
