/*
 * tells_of_handlers MODE: tells the harness of exit handlers, by the C face of the probe.
 * all: one is run, one raises, one is taken back, one is not run, and one ends in the middle.
 * inherited: a forked child runs its parent's two, of which one changes a file, and one only asks who it is.
 * shares: a forked child runs its parent's handlers, each of which makes a call of another kind, on what it inherited or
 * on what is its own.
 * many: more than anybody wants to know.
 * vforked: a child that shares the memory runs one. exec: handlers, and then another program. agent: an agent's words.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "exitproof/probe.h"

static void flush_the_cache(void) {
  puts("flushed");
}

static void run(uint64_t handler) {
  exitproof_handler_started(handler);
  exitproof_handler_finished(handler);
}

static void touch_a_file(void) {
  const int file = open("tells_of_handlers.touched", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || close(file) != 0 || unlink("tells_of_handlers.touched") != 0) _exit(99);
}

static int all(void) {
  exitproof_handler_registered(1, "atexit\nremove_temp_file\nmain.c\n12\nown");
  exitproof_probe(EXITPROOF_REGISTERED, 2, (uintptr_t) "atexit\n\n\n\nown", (uintptr_t)flush_the_cache);
  exitproof_handler_registered(3, "static destructor\n\n\n\nruntime");
  exitproof_handler_registered(4, "on_exit\nsecond\n\n\nown");
  exitproof_handler_registered(5, "Finalize");
  exitproof_handler_unregistered(3);
  exitproof_handler_started(4);
  run(1); /* one within the other */
  exitproof_handler_finished(4);
  exitproof_handler_started(2);
  exitproof_handler_raised(2, "ValueError: no cache");
  exitproof_handler_registered(1, "atexit\nagain\n\n\nown"); /* another one from now on */
  exitproof_handler_started(1);
  exitproof_probe(EXITPROOF_WAY_OUT, (uintptr_t) "_exit", 0, 0);
  _exit(0);
}

static int reap(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child ? status : 99;
}

static int inherited(void) {
  exitproof_handler_registered(1, "atexit\nremoves\n\n\nown");
  exitproof_handler_registered(2, "atexit\nlooks whose it is\n\n\nown");
  const pid_t owner = getpid();
  const pid_t child = fork();
  if (child < 0) return 99;
  if (child > 0 && reap(child) != 0) return 99;
  exitproof_handler_started(1);
  touch_a_file();
  exitproof_handler_finished(1);
  exitproof_handler_started(2);
  kill(getpid(), 0);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || close(nothing) != 0) return 99;
  if (getpid() == owner) touch_a_file();
  exitproof_handler_finished(2);
  touch_a_file(); /* in no handler */
  return 0;
}

static int inherited_file = -1;
static int inherited_pipe = -1;
static int inherited_socket = -1;
static int inherited_semaphore = -1;

static void unlocks(void) {
  flock(inherited_file, LOCK_UN);
}
static void unlocks_by_fcntl(void) {
  struct flock all = {.l_type = F_UNLCK};
  fcntl(inherited_file, F_OFD_SETLK, &all);
}
static void unlocks_its_own(void) {
  struct flock all = {.l_type = F_UNLCK};
  fcntl(inherited_file, F_SETLK, &all);
}
static void seeks(void) {
  lseek(inherited_file, 1, SEEK_SET);
}
static void asks_where_it_is(void) {
  lseek(inherited_file, 0, SEEK_CUR);
}
static void reads_the_pipe(void) {
  char byte = 0;
  if (read(inherited_pipe, &byte, 1) != 1) _exit(99);
}
static void changes_flags(void) {
  fcntl(inherited_pipe, F_SETFL, O_NONBLOCK);
}
static void shuts_down(void) {
  shutdown(inherited_socket, SHUT_RDWR);
}
static void posts(void) {
  struct sembuf one = {.sem_op = 1};
  semop(inherited_semaphore, &one, 1);
}
static void uses_its_own(void) {
  const int own = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  char byte = 0;
  if (flock(own, LOCK_SH) != 0 || read(own, &byte, 1) != 1 || lseek(own, 1, SEEK_SET) != 1) _exit(99);
  close(own);
}
static void complains(void) {
  if (write(STDERR_FILENO, "not mine\n", 9) != 9) _exit(99);
}

static const struct {
  const char* text;
  void (*run)(void);
} sharing[] = {
    {"atexit\nunlocks", unlocks},
    {"atexit\nunlocks by fcntl", unlocks_by_fcntl},
    {"atexit\nunlocks its own", unlocks_its_own},
    {"atexit\nseeks", seeks},
    {"atexit\nasks where it is", asks_where_it_is},
    {"atexit\nreads the pipe", reads_the_pipe},
    {"atexit\nchanges flags", changes_flags},
    {"atexit\nshuts down", shuts_down},
    {"atexit\nposts", posts},
    {"atexit\nuses its own", uses_its_own},
    {"atexit\ncomplains", complains},
};

static int shares(void) {
  int ends[2];
  inherited_file = open("tells_of_handlers.shared", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (inherited_file < 0 || flock(inherited_file, LOCK_EX) != 0 || pipe(ends) != 0 || write(ends[1], "xy", 2) != 2)
    return 99;
  inherited_pipe = ends[0];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 99;
  inherited_socket = ends[0];
  inherited_semaphore = semget(IPC_PRIVATE, 1, 0600);
  if (inherited_semaphore < 0) return 99;
  const size_t count = sizeof sharing / sizeof sharing[0];
  for (size_t i = 0; i < count; ++i) exitproof_handler_registered(i, sharing[i].text);
  const pid_t child = fork();
  if (child < 0) return 99;
  if (child == 0) {
    for (size_t i = 0; i < count; ++i) {
      exitproof_handler_started(i);
      sharing[i].run();
      exitproof_handler_finished(i);
    }
    _exit(0);
  }
  const int status = reap(child);
  semctl(inherited_semaphore, 0, IPC_RMID);
  unlink("tells_of_handlers.shared");
  return status;
}

static int vforked(void) {
  exitproof_handler_registered(1, "atexit\nremoves\n\n\nown");
  const pid_t child = vfork();
  if (child == 0) {
    exitproof_handler_started(1);
    exitproof_handler_finished(1);
    _exit(0);
  }
  return reap(child);
}

static int many(void) {
  for (uint64_t handler = 1; handler <= 12000; ++handler) exitproof_handler_registered(handler, "atexit");
  return 0;
}

static int loses_by_exec(char** argv) {
  for (uint64_t handler = 1; handler <= 3; ++handler) exitproof_handler_registered(handler, "atexit");
  exitproof_handler_unregistered(2);
  run(3);
  const pid_t child = fork();
  if (child < 0) return 99;
  if (child > 0 && reap(child) != 0) return 99;
  execv(argv[0], (char*[]){argv[0], child == 0 ? "nothing" : "unknown", NULL});
  return 99;
}

static int agent(void) {
  exitproof_probe(EXITPROOF_AGENT, (uintptr_t) "preload", 0, 0);
  exitproof_probe(EXITPROOF_SKIPPED, (uintptr_t) "exceptions: operator new is static", 0, 0);
  exitproof_probe(EXITPROOF_SKIPPED, (uintptr_t) "exceptions: operator new is static", 0, 0);
  exitproof_handler_registered(1, "atexit");
  run(1);
  const pid_t child = fork();
  if (child == 0) _exit(0);
  return reap(child);
}

int main(int argc, char** argv) {
  const char* mode = argc == 2 ? argv[1] : "";
  if (strcmp(mode, "all") == 0) return all();
  if (strcmp(mode, "inherited") == 0) return inherited();
  if (strcmp(mode, "shares") == 0) return shares();
  if (strcmp(mode, "many") == 0) return many();
  if (strcmp(mode, "vforked") == 0) return vforked();
  if (strcmp(mode, "exec") == 0) return loses_by_exec(argv);
  if (strcmp(mode, "agent") == 0) return agent();
  if (strcmp(mode, "unknown") == 0) run(1); /* a handler of the program before */
  return strcmp(mode, "unknown") == 0 || strcmp(mode, "nothing") == 0 ? 0 : 2;
}
