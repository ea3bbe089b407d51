/* Included before the launcher's sources, this makes a system without linkat of O_TMPFILE, copy_file_range, pidfd_open and close_range. */
#include <errno.h>
#include <unistd.h>

static inline int no_linkat(int a, const char *b, int c, const char *d, int e) {
    (void)a, (void)b, (void)c, (void)d, (void)e;
    errno = EOPNOTSUPP;
    return -1;
}

static inline ssize_t no_copy_file_range(int a, off_t *b, int c, off_t *d, size_t e, unsigned f) {
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
    errno = ENOSYS;
    return -1;
}

static inline long no_syscall(long number, ...) {
    (void)number;
    errno = ENOSYS;
    return -1;
}

#define linkat no_linkat
#define copy_file_range no_copy_file_range
#define syscall no_syscall
