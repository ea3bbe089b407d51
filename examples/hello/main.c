#include <stdio.h>

#include "greeting.h"

int main(int argc, char **argv) {
    char buffer[80];
    greet(argc > 1 ? argv[1] : "world", buffer, sizeof buffer);
    puts(buffer);
    return 0;
}
