#pragma once

#include "appearances.h"

/*
 * Files that are held open, because asking an open file how it looks takes a third of what finding it by its name takes. A name is taken
 * to lead to the file that is held for it only as long as the kernel would find that file:
 *   - the path of its directory leads to the same directory, by the same mount, whose stamps have not moved since before the file was
 *     opened, and were old enough then for every later change to move them (a name that comes, goes, or is given to another file moves
 *     them, on the file systems that are held to it);
 *   - nothing was mounted or unmounted since before the file was opened.
 * Everything is asked anew in every call; where the answer is no, names are looked up as ever.
 *
 * Held are files in root's directories on the root's own mount alone, so that nothing is kept from being unmounted, locked or removed, and
 * none that would keep much of a disk when it is removed. A thread never waits for another one here: what it would have to wait for, it looks up.
 */
struct held_directory;

/* Whether anything that is held may be used; if so, until cairn_held_end. */
bool cairn_held_begin(void);

void cairn_held_end(void);

/* The directory that a path is in, if its names lead where they led when its files were opened; else NULL. */
const struct held_directory *cairn_held_directory(const struct appearance *file);

/* The descriptor of a directory that is held. */
int cairn_held_descriptor(const struct held_directory *directory);

/* The file that a path in a directory leads to; NOT_HELD when it is none to be held, UNKNOWN when that was never asked. */
enum { NOT_HELD = -1, UNKNOWN = -2 };
int cairn_held_file(const struct held_directory *directory, const struct appearance *file);

/* Holds some of the files between two places of a list, which has no NULL there. */
void cairn_held_add(const struct appearance *const *list, uint32_t from, uint32_t to);

/* Closes everything that is held. Waits for calls that use it. */
void cairn_held_release(void);

/* Counts how often a file was asked instead of looked up. */
void cairn_held_answered(uint32_t looks);
uint64_t cairn_held_answers(void);
