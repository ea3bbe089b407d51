/*
 * Preloaded into the daemon's JVM. A path on Linux is bytes, but Java decodes it by the locale's character set and loses what that can't
 * express; the property sun.jnu.encoding can't be set since JDK 18. The JVM asks nl_langinfo for the character set: told ISO-8859-1, it
 * maps every byte to the character of the same number, and back.
 */
#include <langinfo.h>
#include <malloc.h>

char *nl_langinfo(nl_item item) {
    static char latin1[] = "ISO-8859-1", nothing[] = "";
    return item == CODESET ? latin1 : nothing;
}

/* By default each thread gets an arena of its own, and what was freed in one is of no use to the others: the daemon would only grow. */
__attribute__((constructor)) static void few_arenas(void) {
    mallopt(M_ARENA_MAX, 2);
}
