#include "cairn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const commands[] = {"start", "stop", "status", "stats", "clear", "config", "doctor", "version", "help", "explain",
                                       "completion", "uploads", "warm"};

static bool any_of(const char *word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool is_command(const char *word) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(word, commands[i]) == 0)
            return true;
    return *word == '-';
}

/* Nonsense must not switch the cache off silently, nor break the build. */
static bool disabled(void) {
    static const char *const yes[] = {"1", "true", "yes", "on"}, *const no[] = {"", "0", "false", "no", "off"};
    const char *value = getenv("CAIRN_DISABLE");
    if (value == NULL || any_of(value, no, sizeof no / sizeof *no))
        return false;
    if (any_of(value, yes, sizeof yes / sizeof *yes))
        return true;
    say("cairn: CAIRN_DISABLE=", value, " is none of 1, true, yes, on, 0, false, no, off; taken as off", NULL);
    return false;
}

static _Noreturn void start_daemon(void) {
    struct endpoint endpoint;
    int connection = -1;
    bool known = find_endpoint(&endpoint);
    if (known) {
        unlink(endpoint.trouble); /* who asks for a daemon by name wants it tried now */
        connection = reach_daemon(&endpoint);
    }
    if (connection < 0)
        say("cairn: the daemon did not start", known ? "; see " : ": no cache directory; set CAIRN_DIR", known ? endpoint.run : "",
            known ? "/daemon.log" : "", NULL);
    _exit(connection < 0 ? 1 : 0);
}

/* `named` is how the build calls the compiler, or the masquerade. */
static _Noreturn void stand_in_for(char **argv, const char *named, bool masquerade) {
    struct invocation invocation = {.argv = argv};
    if (!find_compiler(&invocation, named)) {
        if (errno == EACCES)
            say("cairn: ", named, ": Permission denied", NULL);
        else
            say("cairn: ", named, ": not found in PATH", NULL);
        _exit(errno == EACCES ? 126 : 127);
    }
    if (masquerade)
        argv[0] = invocation.compiler; /* a compiler finds its parts by its own path, and ours leads elsewhere */
    if (getenv(INNER) != NULL || disabled())
        exec_compiler(&invocation, argv);
    compile(&invocation);
}

int main(int argc, char **argv) {
    static char *help[] = {"help", NULL};
    if (argc < 1)
        return 127;
    const char *name = base_name(argv[0]);
    if (strcmp(name, "cairn") != 0 && strncmp(name, "cairn-", 6) != 0)
        stand_in_for(argv, name, true);
    if (argc < 2)
        exec_command_line(help);
    if (strcmp(argv[1], "__daemon") == 0)
        start_daemon();
    if (is_command(argv[1]))
        exec_command_line(argv + 1);
    argv++;
    while (strcmp(base_name(*argv), "cairn") == 0 && argv[1] != NULL) /* both RUSTC_WRAPPER and the build's own prefix */
        argv++;
    stand_in_for(argv, *argv, false);
}
