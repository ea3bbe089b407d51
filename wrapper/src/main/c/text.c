#include "cairn.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static bool append(char *to, size_t size, const char *first, va_list more) {
    size_t used = 0;
    for (const char *part = first; part != NULL; part = va_arg(more, const char *)) {
        size_t length = strlen(part);
        if (length >= size - used) {
            to[used] = '\0';
            return false;
        }
        memcpy(to + used, part, length);
        used += length;
    }
    to[used] = '\0';
    return true;
}

/* Concatenates the strings; false when they don't fit. */
bool join(char *to, size_t size, ...) {
    va_list parts;
    va_start(parts, size);
    const char *first = va_arg(parts, const char *);
    bool fits = append(to, size, first, parts);
    va_end(parts);
    return fits;
}

/* One line on stderr, in one write, so that the lines of parallel launchers don't mix. */
void say(const char *first, ...) {
    char line[2 * PATH_MAX];
    va_list parts;
    va_start(parts, first);
    append(line, sizeof line - 1, first, parts);
    va_end(parts);
    size_t length = strlen(line);
    line[length++] = '\n';
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    write_output(STDERR_FILENO, (unsigned char *)line, length);
    signal(SIGPIPE, before);
}

const char *decimal(uint64_t number, char digits[21]) {
    char *at = digits + 20;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return at;
}

const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
