/*
 * asks_who_listens alone|harness: whether the probe answers as it must there, whatever was done to the process before,
 * and keeps errno. Exits 0, or says on stdout what was wrong.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "exitproof/probe.h"

static int wrong = 0;

static void expect(long answer, long expected, const char* where) {
  if (answer != expected || errno != 1234) {
    ++wrong;
    dprintf(1, "%s: answer %ld, errno %d\n", where, answer, errno);
  }
}

/* Refuses every prctl(2) that no kernel knows, as sandboxes do; kills at every other unknown call. */
static int enter_sandbox(void) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1000, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 100, 2, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  const struct sock_fprog filter = {sizeof program / sizeof program[0], program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* Texts that are none. Numbers that nobody gave. */
static void say_nonsense(long listens) {
  const size_t page = 4096;
  char* pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || munmap(pages + page, page) != 0) _exit(99);
  memset(pages, 'x', page); /* ends at the end of the mapped memory, without a zero */
  const size_t much = 1 << 20;
  char* endless = malloc(much);
  if (endless == NULL) _exit(99);
  memset(endless, '\n', much);
  endless[much - 1] = '\0';
  const uintptr_t texts[] = {0,
                             1,
                             (uintptr_t)-1,
                             (uintptr_t)1 << 63,
                             (uintptr_t)pages + page,
                             (uintptr_t)pages,
                             (uintptr_t)pages + page - 1,
                             (uintptr_t)endless};
  errno = 1234;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    for (int kind = EXITPROOF_AGENT; kind <= EXITPROOF_SKIPPED; ++kind) {
      if (kind == EXITPROOF_NEW || kind == EXITPROOF_LINE || kind == EXITPROOF_CALL) continue;
      expect(exitproof_probe((enum exitproof_probe_message)kind, texts[i], texts[i], texts[i]), listens, "nonsense");
    }
  }
  expect(exitproof_probe((enum exitproof_probe_message)0, 0, 0, 0), -1, "no such message");
  expect(exitproof_probe((enum exitproof_probe_message)4711, 0, 0, 0), -1, "a message of tomorrow");
}

int main(int argc, char** argv) {
  const char* mode = argc == 2 ? argv[1] : "";
  if (strcmp(mode, "alone") != 0 && strcmp(mode, "harness") != 0) return 2;
  const long listens = strcmp(mode, "alone") == 0 ? -1 : EXITPROOF_GO_ON;
  errno = 1234;
  expect(exitproof_probe(EXITPROOF_POINT, (uintptr_t) "begin", 0, 0), listens, "at the beginning");
  expect(exitproof_point("begin"), 0, "a point");
  say_nonsense(listens);
  close_range(3, ~0U, 0);
  close(0);
  close(2);
  expect(exitproof_probe(EXITPROOF_POINT, (uintptr_t) "closed", 0, 0), listens, "after close_range");
  if (!enter_sandbox()) return 99;
  errno = 1234;
  expect(exitproof_probe(EXITPROOF_POINT, (uintptr_t) "sandbox", 0, 0), -1, "in a sandbox");
  expect(exitproof_point("sandbox"), 0, "a point in a sandbox");
  return wrong == 0 ? 0 : 1;
}
