/* A library with an exit handler of its own: it runs when the library is closed. */
#include <stdio.h>
#include <stdlib.h>

static void leave_the_library(void) {
  puts("left");
}

__attribute__((constructor)) static void enter(void) {
  atexit(leave_the_library);
}
