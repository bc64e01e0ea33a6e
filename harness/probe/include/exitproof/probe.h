#ifndef EXITPROOF_PROBE_H
#define EXITPROOF_PROBE_H

/*
 * The probe: how a subject tells the harness what the kernel cannot see. C ABI, header only, nothing to link.
 *
 * A message is one prctl(2) whose first argument no kernel knows. Under the harness it is trapped, and its return
 * value is the harness's answer; everywhere else the kernel answers EINVAL and nothing happens. No shared memory, no
 * socket, no allocation: async-signal-safe, fork-safe, thread-safe, and alive after close_range(2). errno is kept.
 *
 *     exitproof_point("save");                  a place where a fault can strike: kill@0:probe=save:1
 *     exitproof_handler_registered(7, "atexit\nremove_temp_file\nmain.c\n12\nown");
 *     exitproof_handler_started(7);  ...  exitproof_handler_finished(7);
 *
 * Handlers are known by the number that the registering process gave them; a forked child inherits its parent's, a
 * program that is executed starts without any.
 */

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* "EXP" and the version of the protocol. Another version is another number, and so unknown to an older harness. */
#define EXITPROOF_PROBE_MAGIC 0x45585001

/* The second argument of the prctl. Texts are NUL-terminated UTF-8, of which at most EXITPROOF_TEXT_MAX bytes count. */
enum exitproof_probe_message {
  EXITPROOF_AGENT = 1,        /* arg3: name of the agent that is active in this process: "preload", "python" */
  EXITPROOF_POINT = 2,        /* arg3: name of the point */
  EXITPROOF_NEW = 3,          /* operator new is about to allocate */
  EXITPROOF_LINE = 4,         /* arg3: "MODULE\nFILE", arg4: line. Python is about to run it */
  EXITPROOF_CALL = 5,         /* arg3: "MODULE\nFILE\nFUNCTION", arg4: line of its definition */
  EXITPROOF_REGISTERED = 6,   /* arg3: handler, arg4: "KIND\nNAME\nFILE\nLINE\nown|runtime", arg5: its code, or 0 */
  EXITPROOF_UNREGISTERED = 7, /* arg3: handler */
  EXITPROOF_STARTED = 8,      /* arg3: handler */
  EXITPROOF_FINISHED = 9,     /* arg3: handler */
  EXITPROOF_RAISED = 10,      /* arg3: handler, arg4: what it raised, in words */
  EXITPROOF_WAY_OUT = 11,     /* arg3: how the process is about to end without its handlers: "_exit", "abort" */
  EXITPROOF_SKIPPED = 12,     /* arg3: "CHECK: WHY", what could not be looked at in this process; "raise: WHY": what was
                                 asked for at this thread's last line or call could not be raised */
  EXITPROOF_SILENCER = 13     /* arg3: address of a word of 32 bits, which is 0. Once the harness has written something
                                 else there, its owner sends nothing more: see below */
};

/*
 * KIND says who runs the handler: "atexit", "on_exit", "at_quick_exit", "static destructor", "scope guard",
 * "python atexit", "Finalize", "weakref.finalize", "threading atexit". Where arg5 is given and NAME, FILE or LINE is
 * empty, the harness reads it from the symbols of the code at that address.
 */

#define EXITPROOF_TEXT_MAX 4095

/* The answer, which nobody gives outside the harness. */
enum exitproof_probe_answer {
  EXITPROOF_GO_ON = 0,
  EXITPROOF_THROW = 1, /* to a point, a new, a line or a call: throw now. The text of the exception is not passed:
                          a point throws exitproof::injected_fault, new throws bad_alloc; for Python see below */
  EXITPROOF_ENOUGH = 2 /* go on, and tell nothing more of this kind in this process: nobody counts it */
};

/*
 * To a line or call that is to raise, the harness writes the name of the exception over the text of arg3, which must
 * therefore have room for EXITPROOF_TEXT_MAX + 1 bytes, and answers EXITPROOF_THROW.
 */

/*
 * A process may put a filter upon its own system calls (seccomp(2)) that refuses prctl(2), or ends whoever makes it: such
 * a filter outranks the harness. What the program does itself is its own matter. An agent that it knows nothing of must
 * not speak from then on: before the filter is there, the harness writes to the words of EXITPROOF_SILENCER. Forked
 * children inherit them with the memory; no agent is put into what is executed under the filter.
 */

/* One message. -1: nobody listens. */
static inline long exitproof_probe(enum exitproof_probe_message message, uintptr_t arg3, uintptr_t arg4,
                                   uintptr_t arg5) {
  const int kept = errno;
  const long answer = syscall(SYS_prctl, (long)EXITPROOF_PROBE_MAGIC, (long)message, arg3, arg4, arg5);
  errno = kept;
  return answer;
}

/* A named point. Other than 0: the harness asks for an exception here. */
static inline int exitproof_point(const char* name) {
  return exitproof_probe(EXITPROOF_POINT, (uintptr_t)name, 0, 0) == EXITPROOF_THROW;
}

/* `what` as for EXITPROOF_REGISTERED. A number that is registered again is another handler from then on. */
static inline void exitproof_handler_registered(uint64_t handler, const char* what) {
  exitproof_probe(EXITPROOF_REGISTERED, (uintptr_t)handler, (uintptr_t)what, 0);
}

static inline void exitproof_handler_unregistered(uint64_t handler) {
  exitproof_probe(EXITPROOF_UNREGISTERED, (uintptr_t)handler, 0, 0);
}

static inline void exitproof_handler_started(uint64_t handler) {
  exitproof_probe(EXITPROOF_STARTED, (uintptr_t)handler, 0, 0);
}

static inline void exitproof_handler_finished(uint64_t handler) {
  exitproof_probe(EXITPROOF_FINISHED, (uintptr_t)handler, 0, 0);
}

/* `what` says in words what came out of it. */
static inline void exitproof_handler_raised(uint64_t handler, const char* what) {
  exitproof_probe(EXITPROOF_RAISED, (uintptr_t)handler, (uintptr_t)what, 0);
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif
