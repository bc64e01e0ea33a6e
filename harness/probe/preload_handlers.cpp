#include <errno.h>
#include <sys/mman.h>

#include <atomic>
#include <cstddef>

#include "harness/probe/preload.hpp"
#include "harness/probe/voice.hpp"

// The functions that register exit handlers. glibc's atexit(3) and at_quick_exit(3) are small functions inside each
// program or library, which call those below with the handle of that object: dlclose(3) runs what carries its handle,
// and so the handle goes through unchanged.
namespace exitproof::preload {

namespace {

using Registration = int(void (*)(void*), void*, void*);
using QuickRegistration = int(void (*)(void*), void*);
using OnExitRegistration = int(void (*)(int, void*), void*);

struct Handler {
  void* code;
  void* argument;
  std::uint64_t number;  // 0: nobody is told of it
};

// Handlers are never given back: their number must stay theirs, and there are few.
struct Block {
  static constexpr unsigned size = 1024;
  Handler handlers[size];
  std::atomic<unsigned> used;
};

// Other agents and the program's own messages count from 1.
constexpr std::uint64_t first_number = std::uint64_t{1} << 32;

Block first_block;
std::atomic<Block*> block{&first_block};
std::atomic<std::uint64_t> numbers{first_number};

// quick_exit(3) passes nothing to its handlers: each has a function of its own, that knows its place.
constexpr unsigned quick_max = 128;
Handler quick[quick_max];
std::atomic<unsigned> quick_used{0};

bool statics = false;
Registration* real_atexit = nullptr;
QuickRegistration* real_at_quick_exit = nullptr;
OnExitRegistration* real_on_exit = nullptr;

// Lock-free, since a thread may fork while another registers. Null where no memory is left.
Handler* new_handler() {
  for (;;) {
    Block* const now = block.load();
    const unsigned place = now->used.fetch_add(1);
    if (place < Block::size) {
      return &now->handlers[place];
    }
    now->used.store(Block::size);
    const int kept = errno;
    void* const pages = ::mmap(nullptr, sizeof(Block), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = kept;
    if (pages == MAP_FAILED) {
      return nullptr;
    }
    Block* expected = now;
    if (!block.compare_exchange_strong(expected, static_cast<Block*>(pages))) {
      ::munmap(pages, sizeof(Block));
    }
  }
}

void run(const Handler& handler, std::uintptr_t first, std::uintptr_t second) {
  voice::say(EXITPROOF_STARTED, handler.number);
  call_guarded(handler.number, handler.code, first, second);
  voice::say(EXITPROOF_FINISHED, handler.number);
}

void run_atexit(void* handler) {
  const auto& mine = *static_cast<Handler*>(handler);
  run(mine, reinterpret_cast<std::uintptr_t>(mine.argument), 0);
}

void run_on_exit(int status, void* handler) {
  const auto& mine = *static_cast<Handler*>(handler);
  run(mine, static_cast<std::uintptr_t>(status), reinterpret_cast<std::uintptr_t>(mine.argument));
}

// Whose promise it is: of the object that registered it, which a handle tells (null: the program itself), or of the
// function's where there is none. The harness reads name, file and line from the symbols of the code.
void tell(const Handler& handler, bool of_runtime, const char* own_text, const char* runtime_text) {
  voice::say(EXITPROOF_REGISTERED, handler.number,
             reinterpret_cast<std::uintptr_t>(of_runtime ? runtime_text : own_text),
             reinterpret_cast<std::uintptr_t>(handler.code));
}

Handler* fill(Handler* handler, void* code, void* argument) {
  if (handler != nullptr) {
    *handler = {code, argument, numbers.fetch_add(1)};
  }
  return handler;
}

}  // namespace

extern "C" {

__attribute__((visibility("hidden"))) extern char exitproof_quick_functions[];

__attribute__((visibility("hidden"), used)) void exitproof_run_quick(unsigned place) {
  run(quick[place], 0, 0);
}
}

// Each 16 bytes long: its number, and on to the one for all.
asm(R"(
  .text
  .balign 16
  .hidden exitproof_quick_functions
  .globl exitproof_quick_functions
exitproof_quick_functions:
  .cfi_startproc
  .set place, 0
  .rept 128
  .balign 16
  endbr64
  movl $place, %edi
  jmp exitproof_run_quick
  .set place, place + 1
  .endr
  .cfi_endproc
)");
static_assert(quick_max == 128, "as many as are repeated above");

void find_registrations(bool tell_statics) {
  statics = tell_statics;
  real_atexit = real<Registration>("__cxa_atexit");
  real_at_quick_exit = real<QuickRegistration>("__cxa_at_quick_exit");
  real_on_exit = real<OnExitRegistration>("on_exit");
}

}  // namespace exitproof::preload

using namespace exitproof::preload;

// The names are the C library's.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

__attribute__((visibility("default"))) int __cxa_atexit(void (*function)(void*), void* argument, void* object) {
  if (real_atexit == nullptr) {
    real_atexit = real<Registration>("__cxa_atexit");
  }
  const bool is_atexit = argument == nullptr;
  Handler* const handler =
      is_atexit || statics ? fill(new_handler(), reinterpret_cast<void*>(function), argument) : nullptr;
  if (handler == nullptr) {
    return real_atexit(function, argument, object);
  }
  const int result = real_atexit(run_atexit, handler, object);
  if (result == 0 && is_atexit) {
    tell(*handler, is_of_runtime(object), "atexit\n\n\n\nown", "atexit\n\n\n\nruntime");
  } else if (result == 0) {
    tell(*handler, is_of_runtime(object), "static destructor\n\n\n\nown", "static destructor\n\n\n\nruntime");
  }
  return result;
}

__attribute__((visibility("default"))) int on_exit(void (*function)(int, void*), void* argument) {
  if (real_on_exit == nullptr) {
    real_on_exit = real<OnExitRegistration>("on_exit");
  }
  Handler* const handler = fill(new_handler(), reinterpret_cast<void*>(function), argument);
  if (handler == nullptr) {
    return real_on_exit(function, argument);
  }
  const int result = real_on_exit(run_on_exit, handler);
  if (result == 0) {
    tell(*handler, is_of_runtime(handler->code), "on_exit\n\n\n\nown", "on_exit\n\n\n\nruntime");
  }
  return result;
}

__attribute__((visibility("default"))) int __cxa_at_quick_exit(void (*function)(void*), void* object) {
  if (real_at_quick_exit == nullptr) {
    real_at_quick_exit = real<QuickRegistration>("__cxa_at_quick_exit");
  }
  const unsigned place = quick_used.fetch_add(1);
  if (place == quick_max) {
    exitproof::voice::say(EXITPROOF_SKIPPED,
                          reinterpret_cast<std::uintptr_t>("handlers-once: more than 128 handlers of quick_exit"));
  }
  if (place >= quick_max) {
    return real_at_quick_exit(function, object);
  }
  fill(&quick[place], reinterpret_cast<void*>(function), nullptr);
  const int result = real_at_quick_exit(
      reinterpret_cast<void (*)(void*)>(exitproof_quick_functions + std::size_t{16} * place), object);
  if (result == 0) {
    tell(quick[place], is_of_runtime(object), "at_quick_exit\n\n\n\nown", "at_quick_exit\n\n\n\nruntime");
  }
  return result;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
