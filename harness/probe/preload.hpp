#pragma once

#include <dlfcn.h>

#include <cstdint>

// What the parts of the preload agent share. They live inside programs that know nothing of them: no C++ runtime is
// linked, nothing is printed, errno stays as it was, and nothing is allocated from the program's own heap.
namespace exitproof::preload {

/// The definition of a function that would have been used without the agent. Null when there is none; then, too,
/// dlerror(3) has nothing to say. Takes the dynamic linker's lock: call it early.
template <class Function>
Function* real(const char* name) {
  void* const found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    ::dlerror();
  }
  return reinterpret_cast<Function*>(found);
}

/// Takes the agents out of LD_PRELOAD, and their own variables out of the array that ends with a null pointer, in
/// place: what is left is what the program was given. True when EXITPROOF_STATICS=1 was among it: static destructors
/// are to be told of too.
bool leave_environment(char** environment);

/// Whether the address lies in a library of the C or C++ runtime, or in an agent. Lock-free since glibc 2.35.
bool is_of_runtime(const void* address);

/// Calls `code`, and tells RAISED of the handler `number` when an exception or the thread's end leaves it.
void call_guarded(std::uint64_t number, void* code, std::uintptr_t first, std::uintptr_t second);

/// Looks up the real functions of registration before anybody needs them.
void find_registrations(bool tell_statics);

}  // namespace exitproof::preload
