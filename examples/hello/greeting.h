#ifndef GREETING_H
#define GREETING_H

#ifdef __cplusplus
extern "C" {
#endif

/* Writes a greeting of name to buffer, which has room for size bytes with the terminating zero; returns its length. */
int greet(const char *name, char *buffer, unsigned long size);

#ifdef __cplusplus
}
#endif

#endif
