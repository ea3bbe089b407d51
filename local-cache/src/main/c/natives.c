/*
 * The native methods of SmallLibrary.java. They are plain JNI: what java.lang.foreign has to make before it can call a
 * function takes a daemon that was just started some ten milliseconds for each, and the first call of a build waits for that.
 */
#include "appearances.h"
#include "feed.h"
#include "held.h"
#include "names.h"

#include <errno.h>
#include <jni.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_dev_cairn_cache_SmallLibrary_##name
#define UNUSED(name) name __attribute__((unused))

enum { SIGNATURE_FIELDS = 6 };
enum { NOBODY = -1 };

static void *at(jlong address) {
    return (void *)(uintptr_t)address; /* NOLINT(performance-no-int-to-ptr): the only form in which Java can hold one */
}

NATIVE(jint, firstUnlike)(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong list, jint from, jint count) {
    return (jint)cairn_first_unlike(at(list), (uint32_t)from, (uint32_t)count);
}

NATIVE(jlong, heldAnswers)(JNIEnv *UNUSED(env), jclass UNUSED(class)) {
    return (jlong)cairn_held_answers();
}

NATIVE(void, heldTidy)(JNIEnv *UNUSED(env), jclass UNUSED(class), jboolean everything) {
    cairn_held_tidy(everything);
}

NATIVE(jboolean, allAlike)(JNIEnv *env, jclass UNUSED(class), jbyteArray looks, jboolean exactly) {
    jsize length = (*env)->GetArrayLength(env, looks);
    jbyte *copy = malloc((size_t)length + 1);
    if (copy == NULL)
        return JNI_FALSE;
    (*env)->GetByteArrayRegion(env, looks, 0, length, copy);
    bool alike = cairn_all_alike((const uint8_t *)copy, length, exactly);
    free(copy);
    return alike ? JNI_TRUE : JNI_FALSE;
}

NATIVE(jint, names)(JNIEnv *env, jclass UNUSED(class), jlong directory, jlongArray names) {
    jsize most = (*env)->GetArrayLength(env, names);
    uint64_t *found = malloc((size_t)most * sizeof *found + 1);
    jint count = found == NULL ? -1 : cairn_names(at(directory), found, most);
    if (count > 0)
        (*env)->SetLongArrayRegion(env, names, 0, count, (const jlong *)found);
    free(found);
    return count;
}

NATIVE(void, number)(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong names, jlong numbers, jint count) {
    cairn_number(at(names), at(numbers), count);
}

NATIVE(jboolean, lacks)
(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong directory, jlong names, jlong numbers, jint count, jboolean each) {
    return cairn_lacks(at(directory), at(names), at(numbers), count, each) ? JNI_TRUE : JNI_FALSE;
}

static jboolean signature(JNIEnv *env, const char *path, jlongArray fields) {
    struct appearance is;
    if (!cairn_signature(path, &is))
        return JNI_FALSE;
    jlong all[SIGNATURE_FIELDS] = {(jlong)is.device, (jlong)is.inode, (jlong)is.size, is.mtime, is.ctime, is.mode};
    (*env)->SetLongArrayRegion(env, fields, 0, SIGNATURE_FIELDS, all);
    return JNI_TRUE;
}

NATIVE(jboolean, signature)(JNIEnv *env, jclass UNUSED(class), jlong path, jlongArray fields) {
    return signature(env, at(path), fields);
}

/* No file has a name with a NUL in it, though the kernel would find that of which a part is the name. */
NATIVE(jboolean, signatureOf)(JNIEnv *env, jclass UNUSED(class), jbyteArray path, jlongArray fields) {
    char copy[PATH_MAX];
    jsize length = (*env)->GetArrayLength(env, path);
    if (length >= PATH_MAX)
        return JNI_FALSE;
    (*env)->GetByteArrayRegion(env, path, 0, length, (jbyte *)copy);
    copy[length] = '\0';
    return strlen(copy) == (size_t)length ? signature(env, copy, fields) : JNI_FALSE;
}

/* Nanoseconds since 1970; 0 where the kernel has no such clock. */
NATIVE(jlong, coarseTime)(JNIEnv *UNUSED(env), jclass UNUSED(class)) {
    struct timespec now = {0};
    return clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 ? (jlong)now.tv_sec * 1000000000 + now.tv_nsec : 0;
}

NATIVE(jint, feedOpen)(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong descriptors) {
    return cairn_feed_open(at(descriptors));
}

NATIVE(void, feedClose)(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong descriptors) {
    cairn_feed_close(at(descriptors));
}

NATIVE(jint, feedDrain)(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong descriptors, jlong buffer, jint size) {
    return cairn_feed_drain(at(descriptors), at(buffer), (uint32_t)size);
}

NATIVE(jint, feedWatch)
(JNIEnv *UNUSED(env), jclass UNUSED(class), jlong descriptors, jlong path, jlong steps, jint room, jlong file) {
    return cairn_feed_watch(at(descriptors), at(path), at(steps), room, at(file));
}

NATIVE(jboolean, feedSettle)(JNIEnv *UNUSED(env), jclass UNUSED(class), jint file) {
    return cairn_feed_settle(file) ? JNI_TRUE : JNI_FALSE;
}

NATIVE(jlong, user)(JNIEnv *UNUSED(env), jclass UNUSED(class)) {
    return geteuid();
}

/* The JDK does not tell the descriptor of a channel; -1 when it is not where it is expected. */
static int descriptor_of(JNIEnv *env, jobject channel) {
    jfieldID descriptor = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, channel), "fdVal", "I");
    if (descriptor != NULL)
        return (*env)->GetIntField(env, channel, descriptor);
    (*env)->ExceptionClear(env);
    return -1;
}

NATIVE(jlong, peer)(JNIEnv *env, jclass UNUSED(class), jobject channel) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    int socket = descriptor_of(env, channel);
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (jlong)peer.uid : NOBODY;
}

NATIVE(jint, arrivalsOpen)(JNIEnv *env, jclass UNUSED(class), jobject listener) {
    struct epoll_event coming = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    int arrivals = epoll_create1(EPOLL_CLOEXEC);
    if (arrivals < 0 || epoll_ctl(arrivals, EPOLL_CTL_ADD, descriptor_of(env, listener), &coming) == 0)
        return arrivals;
    close(arrivals);
    return -1;
}

NATIVE(jboolean, arrivalsAwait)(JNIEnv *UNUSED(env), jclass UNUSED(class), jint arrivals) {
    struct epoll_event come;
    return epoll_wait(arrivals, &come, 1, -1) >= 0 || errno == EINTR ? JNI_TRUE : JNI_FALSE;
}

NATIVE(void, arrivalsClose)(JNIEnv *UNUSED(env), jclass UNUSED(class), jint arrivals) {
    close(arrivals);
}

NATIVE(void, arrivalsEnd)(JNIEnv *env, jclass UNUSED(class), jobject listener) {
    shutdown(descriptor_of(env, listener), SHUT_RDWR);
}
