#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/call_class.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof::sys {

/// Unwinds the stacks of tasks that the calling thread holds in a ptrace stop; it neither attaches nor
/// resumes. What it learns of an ELF file serves all processes and lasts as long as the reader: a warm
/// unwind of fifteen frames takes some 5 us, the first of a program some 300 us. A frame
/// without call frame information is passed by its frame pointer where that leads to code.
class StackReader {
 public:
  StackReader();
  ~StackReader();
  StackReader(const StackReader&) = delete;
  StackReader& operator=(const StackReader&) = delete;

  /// The frames of task `tid` of process `tgid`, innermost first, at most `limit`: module and offset only.
  /// An offset is the address as the module's symbols count it (addr2line(1) takes it); of a module that is
  /// no readable ELF file, the offset in the file; of code that is no file ("[anon]") 0. Module paths are those
  /// that the task sees, also when it lives in another mount namespace or root. Never throws for an odd
  /// task: what was found is returned, nothing for one that is gone, not stopped or not ours.
  std::vector<Frame> read(pid_t tgid, pid_t tid, unsigned limit = 32);

  /// Fills function, file and line where symbols and debug information have them. Modules that this reader
  /// has not read itself are looked for under `root`, the path of their process's root directory; of several files
  /// that had one path, the last one read is asked. Slow: some 70 ms for the first address in a C library.
  void symbolize(std::vector<Frame>& frames, std::string_view root = "");

  /// The function at `address` of process `tgid`, and where it is defined, as far as symbols say. They are asked
  /// once: what they said outlasts clear(). An empty frame when there is no code.
  Frame describe_code(pid_t tgid, std::uint64_t address);

  /// To be called when a process has executed another program or is gone: its maps are another's now.
  void forget(pid_t tgid);

  /// Forgets all processes and files: file systems that the files lie on are no longer held busy.
  void clear();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A hash of the executable's path, the module and offset of each frame, and the class: equal for calls made
/// from the same place in different runs, whatever the address space layout.
std::uint64_t stack_key(std::string_view executable, const std::vector<Frame>& frames, CallClass call_class);
/// The same for something else than a call of a class, which `what` names.
std::uint64_t stack_key(std::string_view executable, const std::vector<Frame>& frames, std::string_view what);

}  // namespace exitproof::sys
