#include <stddef.h>
#include <sys/mman.h>

#include <atomic>

#include "harness/probe/preload.hpp"
#include "harness/probe/voice.hpp"

// libexitproof-new.so: tells the tracer of each allocation by operator new, and lets one fail with std::bad_alloc when
// the tracer says so. It is put only into programs that are linked with a C++ library: in others, a plugin may bring
// one that nobody else sees, and its operator new with it.
namespace exitproof::preload {

namespace {

// One for each form that a program may replace ([new.delete]).
enum Form : unsigned {
  single,
  array,
  single_nothrow,
  array_nothrow,
  single_aligned,
  array_aligned,
  single_aligned_nothrow,
  array_aligned_nothrow,
  form_count,
};

struct FormRecord {
  const char* symbol;
  bool is_innermost;  // of the library's own forms, the others call these
  std::atomic<void*> real;
  std::atomic<bool> tells;
};

FormRecord forms[form_count] = {
    {"_Znwm", true, {}, {}},
    {"_Znam", false, {}, {}},
    {"_ZnwmRKSt9nothrow_t", false, {}, {}},
    {"_ZnamRKSt9nothrow_t", false, {}, {}},
    {"_ZnwmSt11align_val_t", true, {}, {}},
    {"_ZnamSt11align_val_t", false, {}, {}},
    {"_ZnwmSt11align_val_tRKSt9nothrow_t", false, {}, {}},
    {"_ZnamSt11align_val_tRKSt9nothrow_t", false, {}, {}},
};

// 1 when nobody counts allocations in this process. A forked child finds 0 there: MADV_WIPEONFORK (madvise(2)).
std::atomic<unsigned char>* quiet = nullptr;

void prepare_quiet() {
  constexpr size_t page = 4096;
  void* const made = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) {
    return;
  }
  if (::madvise(made, page, MADV_WIPEONFORK) == 0) {
    quiet = static_cast<std::atomic<unsigned char>*>(made);
  } else {
    ::munmap(made, page);
  }
}

template <class Function>
Function* find(Form which) {
  FormRecord& form = forms[which];
  void* found = form.real.load(std::memory_order_acquire);
  if (found == nullptr) {
    found = reinterpret_cast<void*>(real<Function>(form.symbol));
    // Of another library (a faster allocator) nothing is known of who calls whom: each form is taken for innermost.
    form.tells = form.is_innermost || !is_of_runtime(found);
    form.real.store(found, std::memory_order_release);
  }
  return reinterpret_cast<Function*>(found);
}

bool is_to_throw(Form which) {
  if ((quiet != nullptr && *quiet != 0) || !forms[which].tells) {
    return false;
  }
  const long answer = voice::say(EXITPROOF_NEW);
  if (quiet != nullptr && (answer == EXITPROOF_ENOUGH || answer < 0)) {
    *quiet = 1;
  }
  return answer == EXITPROOF_THROW;
}

// Returns only where the C++ library cannot throw for us.
void throw_bad_alloc() {
  if (auto* const thrower = real<void()>("_ZSt17__throw_bad_allocv"); thrower != nullptr) {
    thrower();
  }
}

// As operator new does before it throws: the program's own handler may give memory back, end it or throw itself.
bool calls_new_handler() {
  using Handler = void (*)();
  auto* const installed = real<Handler()>("_ZSt15get_new_handlerv");
  Handler const handler = installed == nullptr ? nullptr : installed();
  if (handler != nullptr) {
    handler();
  }
  return handler != nullptr;
}

template <class... Arguments>
void* allocate(Form which, Arguments... arguments) {
  auto* const allocator = find<void*(Arguments...)>(which);
  if (is_to_throw(which) && !calls_new_handler()) {
    throw_bad_alloc();
  }
  return allocator(arguments...);  // after a handler, the next attempt
}

template <class... Arguments>
void* allocate_or_null(Form which, Arguments... arguments) {
  auto* const allocator = find<void*(Arguments...)>(which);
  return is_to_throw(which) ? nullptr : allocator(arguments...);
}

__attribute__((constructor)) void start() {
  voice::offer_silence();
  prepare_quiet();
  for (unsigned i = 0; i < form_count; ++i) {
    find<void*()>(static_cast<Form>(i));
  }
}

}  // namespace

}  // namespace exitproof::preload

using namespace exitproof::preload;

// By their symbols, since <new> would have the forms throw through a C++ runtime that is not linked here.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
#pragma GCC visibility push(default)

void* _Znwm(size_t size) {
  return allocate(single, size);
}
void* _Znam(size_t size) {
  return allocate(array, size);
}
void* _ZnwmRKSt9nothrow_t(size_t size, const void* nothrow) {
  return allocate_or_null(single_nothrow, size, nothrow);
}
void* _ZnamRKSt9nothrow_t(size_t size, const void* nothrow) {
  return allocate_or_null(array_nothrow, size, nothrow);
}
void* _ZnwmSt11align_val_t(size_t size, size_t alignment) {
  return allocate(single_aligned, size, alignment);
}
void* _ZnamSt11align_val_t(size_t size, size_t alignment) {
  return allocate(array_aligned, size, alignment);
}
void* _ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void* nothrow) {
  return allocate_or_null(single_aligned_nothrow, size, alignment, nothrow);
}
void* _ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void* nothrow) {
  return allocate_or_null(array_aligned_nothrow, size, alignment, nothrow);
}

#pragma GCC visibility pop
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
