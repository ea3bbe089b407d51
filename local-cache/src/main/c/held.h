#pragma once

#include "appearances.h"

/*
 * Files that are held open, because asking an open file how it looks takes a third of what finding it by its name takes. A name is taken
 * to lead to the file that is held for it, or to nothing, only as long as the kernel would find that:
 *   - the directory is the same, reached by the same mount, and its stamps have not moved since before the name was looked up in it, and
 *     were old enough then for every later change to move them (a name that comes, goes, or is given to another file moves them, on the
 *     file systems that are held to it);
 *   - the same is so of every directory above it, each of which is held and has the next one as its entry; or, where the path is not
 *     written in that way or has a link in it, the whole path leads to that directory now;
 *   - nothing was mounted or unmounted, and the clock not set, since before the file was opened.
 * Everything is asked anew in every call, a directory once; where the answer is no, names are looked up as ever.
 *
 * Held are files in directories that only root may write to, on the root's own file system, so that nothing is kept from being unmounted,
 * and no more than a small part of a disk when they are removed. Who would have to wait until others have looked at their files looks
 * names up instead.
 */
enum { NOT_HELD = -1, UNKNOWN = -2, MISSING = -3 };
enum { MOST_HELD_DIRECTORIES = 1024 };

/* What one call has found out of the directories. */
struct held_call {
    uint8_t directories[MOST_HELD_DIRECTORIES];
};

/* Whether anything that is known here may be used; if so, until cairn_held_end. */
bool cairn_held_begin(void);

void cairn_held_end(void);

/* The descriptor of the directory that a path is in, NOT_HELD if it is not to be held, UNKNOWN if that is not known, or not any more. */
int cairn_held_directory(const struct appearance *file, struct held_call *call);

/* The descriptor of what a path leads to, MISSING if to nothing, NOT_HELD if that is not to be held, UNKNOWN if that was never asked. */
int cairn_held_file(struct appearance *file, struct held_call *call);

/* Whether what is in the directory of a path is to be held, however little it is. */
bool cairn_held_around(const struct appearance *file);

/* Holds some of the files between two places of a list, which has no NULL there. */
void cairn_held_add(struct appearance *const *list, uint32_t from, uint32_t to);

/* Closes what can't be used any more, or everything; what is in use just then the next time. */
void cairn_held_tidy(bool everything);

/* Counts how often a file was asked instead of looked up. */
void cairn_held_answered(uint32_t looks);
uint64_t cairn_held_answers(void);
