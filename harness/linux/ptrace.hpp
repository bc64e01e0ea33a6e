#pragma once

#include <sys/ptrace.h>  // PTRACE_EVENT_*
#include <sys/types.h>
#include <sys/user.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Every request of ptrace(2) that the harness makes. A tracee may vanish under any of them, killed
// by SIGKILL: they answer false or nothing then, and an exit report of waitpid(2) follows.
namespace exitproof::sys {

/// PTRACE_SEIZE with the options that follow a whole process tree and kill it with its tracer.
/// Throws std::system_error: nothing has started yet, so nothing may have vanished.
void seize_with_its_tree(pid_t tid);

/// Whether tracing is allowed here at all: seizes a child of its own and ends it.
/// Throws std::system_error with what the kernel says.
void try_ptrace();

/// How a stopped task goes on.
enum class ResumeMode : std::uint8_t {
  run,          ///< until the next event or signal
  to_call_end,  ///< until the system call it is in has returned, or the next event or signal
  each_call,    ///< until the next system call is about to be made, or the one it is in has returned
  listen,       ///< stay in the group stop, but report SIGCONT (PTRACE_LISTEN)
};

bool resume_task(pid_t tid, ResumeMode mode, int signal);

/// Asks a running task to stop soon; it reports PTRACE_EVENT_STOP.
bool interrupt_task(pid_t tid);

/// Whether it is at a stop, and has not been killed there.
bool is_at_stop(pid_t tid);

/// The message of the event the task is stopped at: a new tid, an exit status, a former tid.
std::optional<unsigned long> event_message(pid_t tid);

std::optional<user_regs_struct> read_registers(pid_t tid);
bool write_registers(pid_t tid, const user_regs_struct& registers);

/// The register of a system call's argument, from 0 to 5 (syscall(2)).
unsigned long long& argument_register(user_regs_struct& registers, std::size_t argument);

/// A system call at its entry.
struct CallEntry {
  std::uint64_t number = 0;
  std::uint64_t args[6] = {};
  std::uint64_t instruction = 0;  ///< address after the call instruction
  std::uint64_t stack = 0;
  std::uint32_t filter_data = 0;  ///< what the filter's RET_TRACE carries
  bool native = true;             ///< false: an i386 call
};

/// Only at a seccomp stop (PTRACE_GET_SYSCALL_INFO).
std::optional<CallEntry> read_call_entry(pid_t tid);

/// Only at the stop before a call that follows ResumeMode::each_call, which comes before its seccomp stop.
std::optional<CallEntry> read_call_to_come(pid_t tid);

/// Only at a call's exit stop: the value it returns, -errno on failure.
std::optional<std::int64_t> read_call_result(pid_t tid);

/// At a call's exit stop: it returns `result` instead.
bool change_result(pid_t tid, std::int64_t result);

/// At a seccomp stop: the call is not made and returns `result`.
bool skip_call(pid_t tid, std::int64_t result);

/// At a seccomp stop: the call is not made now, but again as soon as the task runs, after any
/// signal that is pending. x86-64: the call instruction is two bytes long.
bool rewind_call(pid_t tid);

/// At a delivery stop or an event stop: a call that returned -EINTR only because the tracer is
/// there is made again. Returns the registers as they were, or nothing when there was none.
std::optional<user_regs_struct> rewind_interrupted_call(pid_t tid);

/// Copies from a task's memory; shorter where it is not mapped.
std::string read_memory(pid_t tid, std::uint64_t address, std::size_t size);
bool write_memory(pid_t tid, std::uint64_t address, const void* data, std::size_t size);
/// Writes one word of a stopped task (PTRACE_POKEDATA); below its stack, that grows as if the task had written itself.
bool write_word(pid_t tid, std::uint64_t address, std::uint64_t word);
/// A zero-terminated string of at most 4096 bytes.
std::string read_string(pid_t tid, std::uint64_t address);

}  // namespace exitproof::sys
