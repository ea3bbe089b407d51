#include "cairn.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What lives until exit, side by side: a call that is answered touches two or three pages of it. In some virtual machines touching a page
 * for the first time takes as long as ten system calls.
 */
_Alignas(max_align_t) unsigned char room[ROOM] __attribute__((common)); /* behind what else begins as zero, which is small */
static size_t used;

static size_t aligned(size_t size) {
    size_t unit = _Alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

/* Memory until exit, with any content; NULL when there is none. */
void *reserve(size_t size) {
    if (size > sizeof room - used)
        return malloc(size);
    unsigned char *reserved = room + used;
    used += aligned(size);
    return reserved;
}

/* Gives back what was reserved from there on; nothing when that is NULL, or did not fit in the room. */
void give_back(void *from) {
    uintptr_t offset = (uintptr_t)from - (uintptr_t)room;
    if (offset <= used)
        used = aligned(offset);
}

/* The first `length` bytes of a path, as a string; NULL when that is too long for a path. */
char *copied(const char *path, size_t length) {
    char *copy = length < PATH_MAX ? reserve(length + 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, path, length);
        copy[length] = '\0';
    }
    return copy;
}

/* The target of a symbolic link, as it is written there; NULL when there is none. */
char *read_link(const char *path) {
    char *target = reserve(PATH_MAX);
    ssize_t length = target == NULL ? -1 : readlink(path, target, PATH_MAX - 1);
    give_back(length > 0 ? target + length + 1 : target);
    if (length <= 0)
        return NULL;
    target[length] = '\0';
    return target;
}

/* The strings in one; NULL when that is too long even for an option with a path. */
char *joined(const char *first, ...) {
    enum { LONGEST = 2 * PATH_MAX };
    size_t length = 0;
    va_list parts;
    va_start(parts, first);
    for (const char *part = first; part != NULL && length < LONGEST; part = va_arg(parts, const char *))
        length += strlen(part);
    va_end(parts);
    char *whole = length < LONGEST ? reserve(length + 1) : NULL, *to = whole;
    if (whole == NULL)
        return NULL;
    va_start(parts, first);
    for (const char *part = first; part != NULL; part = va_arg(parts, const char *))
        to = stpcpy(to, part);
    va_end(parts);
    *to = '\0';
    return whole;
}
