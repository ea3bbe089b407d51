#pragma once

#include "appearances.h"

/*
 * Files that are held open, because asking an open file how it looks takes a third of what finding it by its name takes. A name is taken
 * to lead to the file that is held for it only as long as the kernel would find that file:
 *   - the path of its directory leads to the same directory, by the same mount, whose stamps have not moved since before the file was
 *     opened, and were old enough then for every later change to move them (a name that comes, goes, or is given to another file moves
 *     them, on the file systems that are held to it);
 *   - nothing was mounted or unmounted, and the clock not set, since before the file was opened.
 * Everything is asked anew in every call; where the answer is no, names are looked up as ever.
 *
 * Held are files in directories that only root may write to, on the root's own file system, so that nothing is kept from being unmounted,
 * and no more than a small part of a disk when they are removed. Who would have to wait until others have looked at their files looks
 * names up instead.
 */
struct held_directory;

enum { NOT_HELD = -1, UNKNOWN = -2 };

/* Whether anything that is known here may be used; if so, until cairn_held_end. */
bool cairn_held_begin(void);

void cairn_held_end(void);

/* The directory that a path is in, if its names lead where they led when its files were opened, or it is none to be held; else NULL. */
const struct held_directory *cairn_held_directory(const struct appearance *file);

/* The descriptor of a directory, or NOT_HELD. */
int cairn_held_descriptor(const struct held_directory *directory);

/* The descriptor of what a path in a directory leads to, NOT_HELD if that is not to be held, UNKNOWN if that was never asked. */
int cairn_held_file(const struct held_directory *directory, const struct appearance *file);

/* Holds some of the files between two places of a list, which has no NULL there. */
void cairn_held_add(const struct appearance *const *list, uint32_t from, uint32_t to);

/* Closes what can't be used any more, or everything; what is in use just then the next time. */
void cairn_held_tidy(bool everything);

/* Counts how often a file was asked instead of looked up. */
void cairn_held_answered(uint32_t looks);
uint64_t cairn_held_answers(void);
