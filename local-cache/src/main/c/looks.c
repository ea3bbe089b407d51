/*
 * Looks at many paths as a record says that they looked, in one call and without anything that a daemon that was just started would have
 * to prepare. The records are those of Looks.java; they come from disk, and are not believed to be well formed.
 */
#include "appearances.h"
#include "names.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What Looks.java wrote. */
struct record {
    const uint8_t *at, *end;
    bool bad;
};

static uint64_t take(struct record *record) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && record->at < record->end; shift += 7) {
        uint8_t byte = *record->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    record->bad = true;
    return 0;
}

static const uint8_t *take_raw(struct record *record, uint64_t count, size_t size) {
    const uint8_t *raw = record->at;
    if (record->bad || count > (uint64_t)(record->end - record->at) / size) {
        record->bad = true;
        return raw;
    }
    record->at += count * size;
    return raw;
}

/* The path, of which a part is that of the one before. */
static void take_path(struct record *record, char *path, struct appearance *was) {
    size_t before = strlen(path);
    uint64_t shared = take(record), more = take(record);
    if (record->bad || shared > before || more >= LONGEST_DIRECTORY - shared || more > (uint64_t)(record->end - record->at)) {
        record->bad = true;
        return;
    }
    memcpy(path + shared, record->at, more);
    path[shared + more] = '\0';
    record->at += more;
    const char *slash = strrchr(path, '/');
    was->directory_length = slash == NULL ? 0 : (uint32_t)(slash - path + 1);
}

static void take_signature(struct record *record, struct appearance *was) {
    was->device = take(record);
    was->inode = take(record);
    if (was->kind == SAME_FILE)
        return;
    was->size = take(record);
    was->mtime = (int64_t)take(record);
    was->ctime = (int64_t)take(record);
    was->mode = (uint32_t)take(record);
}

bool cairn_all_alike(const uint8_t *bytes, int32_t length, bool exactly) {
    struct record record = {.at = bytes, .end = bytes + length};
    char path[LONGEST_DIRECTORY] = "", opened[LONGEST_DIRECTORY] = "";
    int directory = -1;
    bool alike = true;
    while (alike && record.at < record.end) {
        struct appearance was = {.path = path, .kind = *record.at++};
        uint64_t count = was.kind == SAME_NAMES ? take(&record) : 0;
        const uint8_t *names = take_raw(&record, count, sizeof(uint64_t));
        take_path(&record, path, &was);
        if (was.kind == SAME || was.kind == SAME_FILE || was.kind == SAME_NAMES)
            take_signature(&record, &was);
        if (record.bad || path[0] != '/') {
            alike = false;
            break;
        }
        if (strlen(opened) != was.directory_length || strncmp(opened, path, was.directory_length) != 0) {
            if (directory >= 0)
                close(directory);
            memcpy(opened, path, was.directory_length);
            opened[was.directory_length] = '\0';
            directory = open(opened, O_PATH | O_DIRECTORY | O_CLOEXEC);
        }
        if (was.kind == SAME_NAMES) {
            was.kind = SAME;
            alike = cairn_looks(&was, directory) || (!exactly && cairn_has_only(directory, cairn_below(&was, directory), names, count));
        } else {
            alike = cairn_looks(&was, directory);
        }
    }
    if (directory >= 0)
        close(directory);
    return alike && !record.bad;
}
