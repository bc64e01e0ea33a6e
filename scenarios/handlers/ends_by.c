/* Three exit handlers and two of quick_exit, and then the end that the first word names. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_the_log(void) {
  puts("log");
}

static void save_the_state(void) {
  puts("state");
}

static void say_status(int status, void* words) {
  printf("%s %d\n", (const char*)words, status);
}

static void hurry(void) {
  puts("hurry");
  fflush(stdout);
}

static void run_in_child(void) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    exit(0);
  }
  waitpid(child, NULL, 0);
}

int main(int argc, char** argv) {
  const char* end = argc > 1 ? argv[1] : "return";
  atexit(close_the_log);
  atexit(save_the_state);
  on_exit(say_status, "status");
  at_quick_exit(hurry);
  at_quick_exit(hurry);
  if (strcmp(end, "_exit") == 0) {
    _exit(0);
  } else if (strcmp(end, "_Exit") == 0) {
    _Exit(0);
  } else if (strcmp(end, "quick_exit") == 0) {
    quick_exit(0);
  } else if (strcmp(end, "abort") == 0) {
    abort();
  } else if (strcmp(end, "child") == 0) {
    run_in_child();
  } else if (strcmp(end, "exec") == 0) {
    execlp("true", "true", NULL);
  }
  return 0;
}
