/* Nothing can be put into a static program. */
#include <stdio.h>
#include <stdlib.h>

static void say_it(void) {
  puts("handled");
}

int main(void) {
  return atexit(say_it);
}
