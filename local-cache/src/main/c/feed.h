#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* A watch that a path depends on, and for NAME the entry of that directory. */
struct step {
    int32_t watch, kind;
    char name[NAME_MAX + 1];
};

/* Opens the feed: an inotify instance, and the mount table, which tells when it changes. 0, or a negative number. */
int cairn_feed_open(int32_t descriptors[2]);

void cairn_feed_close(const int32_t descriptors[2]);

/* Bytes of events read; 0 when there are none (left). */
int cairn_feed_drain(const int32_t descriptors[2], void *buffer, uint32_t size);

/*
 * Goes the way of a path, link by link, and watches each directory before looking into it: whoever changes a part of the way after it was
 * looked at is heard. Returns the number of steps; NOT_COVERED when any part can't be watched. A file at the end of the way, whose watch is the
 * last step's, is left open: its descriptor, or -1, is in *file, also when it can't be watched.
 */
int cairn_feed_watch(const int32_t descriptors[2], const char *path, struct step *steps, int32_t room, int32_t *file);

/* Closes a file that was watched. Whether nobody may still write into it without an event: whoever opens it from now on is heard. */
bool cairn_feed_settle(int32_t file);
