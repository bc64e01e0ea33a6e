// Stands in for the harness in the tests of the Python agent: preloaded, it takes the place of syscall(2), through
// which the probe's messages go. It writes each as a line "PID KIND ..." to the file LISTENER_LOG, newlines in texts as
// "|", and answers what LISTENER_ANSWERS says: "line MODULE N EXCEPTION" for what is to be raised at the N-th, or
// "enough line". Everything else goes to the kernel.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exitproof/probe.h"

namespace {

using Syscall = long (*)(long, ...);

constexpr const char* kinds[] = {"?",       "agent",      "point",        "new",     "line",     "call",
                                 "skipped", "registered", "unregistered", "started", "finished", "raised"};

const char* kind_name(long kind) {
  if (kind == EXITPROOF_WAY_OUT) {
    return "way_out";
  }
  if (kind == EXITPROOF_SKIPPED) {
    return "skipped";
  }
  return kinds[kind < EXITPROOF_REGISTERED ? kind : kind + 1];
}

const char* as_text(uintptr_t address) {
  return reinterpret_cast<const char*>(address);
}

void describe(char* line, size_t size, long kind, uintptr_t first, uintptr_t second) {
  switch (kind) {
    case EXITPROOF_LINE:
    case EXITPROOF_CALL:
      snprintf(line, size, "%d %s %s|%ld", getpid(), kind_name(kind), as_text(first), static_cast<long>(second));
      return;
    case EXITPROOF_REGISTERED:
    case EXITPROOF_RAISED:
      snprintf(line, size, "%d %s %lu %s", getpid(), kind_name(kind), first, as_text(second));
      return;
    case EXITPROOF_UNREGISTERED:
    case EXITPROOF_STARTED:
    case EXITPROOF_FINISHED:
      snprintf(line, size, "%d %s %lu", getpid(), kind_name(kind), first);
      return;
    default:
      snprintf(line, size, "%d %s %s", getpid(), kind_name(kind), as_text(first));
  }
}

void write_line(char* line) {
  const char* log = getenv("LISTENER_LOG");
  if (log == nullptr) {
    return;
  }
  for (char* c = line; *c != '\0'; ++c) {
    *c = *c == '\n' ? '|' : *c;
  }
  const size_t length = strlen(line);
  line[length] = '\n';
  const int file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, length + 1) < 0) {
    abort();
  }
  close(file);
}

// How often lines or calls of the module that is asked for were told of.
int seen = 0;

long answer(long kind, uintptr_t text) {
  char what[32];
  char module[128];
  char exception[128];
  int nth = 0;
  const char* asked = getenv("LISTENER_ANSWERS");
  if (asked == nullptr || (kind != EXITPROOF_LINE && kind != EXITPROOF_CALL)) {
    return EXITPROOF_GO_ON;
  }
  if (sscanf(asked, "enough %31s", what) == 1) {
    return strstr(what, kind_name(kind)) != nullptr ? EXITPROOF_ENOUGH : EXITPROOF_GO_ON;
  }
  if (sscanf(asked, "%31s %127s %d %127s", what, module, &nth, exception) != 4 || strcmp(what, kind_name(kind)) != 0 ||
      strncmp(as_text(text), module, strlen(module)) != 0 || as_text(text)[strlen(module)] != '\n') {
    return EXITPROOF_GO_ON;
  }
  if (++seen != nth) {
    return EXITPROOF_GO_ON;
  }
  strcpy(reinterpret_cast<char*>(text), exception);
  return EXITPROOF_THROW;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) {
    argument = va_arg(list, long);
  }
  va_end(list);
  if (number != SYS_prctl || a[0] != EXITPROOF_PROBE_MAGIC) {
    static const Syscall real = reinterpret_cast<Syscall>(dlsym(RTLD_NEXT, "syscall"));
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
  if (a[1] == EXITPROOF_SILENCER) {
    return EXITPROOF_GO_ON;
  }
  char line[EXITPROOF_TEXT_MAX + 100];
  describe(line, sizeof line - 1, a[1], static_cast<uintptr_t>(a[2]), static_cast<uintptr_t>(a[3]));
  write_line(line);
  return answer(a[1], static_cast<uintptr_t>(a[2]));
}
