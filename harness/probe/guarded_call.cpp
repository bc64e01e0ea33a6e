#include <unwind.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "harness/probe/preload.hpp"
#include "harness/probe/voice.hpp"

// An exception that leaves a handler passes through the frame of exitproof_call, whose personality routine the
// unwinder asks (Itanium C++ ABI, exception handling, 1.6). The routine is our own and asks nothing of the unwinder,
// since every program brings another one, or none.
namespace exitproof::preload {

namespace {

struct Running {
  std::uintptr_t frame;
  std::uint64_t number;
  bool told;
};

// Innermost last. A handler that was left by longjmp stays here until an outer one returns, or the stack is used again.
constexpr unsigned depth_max = 8;
__thread Running running[depth_max] __attribute__((tls_model("initial-exec")));
__thread unsigned depth __attribute__((tls_model("initial-exec")));

// __cxa_exception of libstdc++ and libc++abi: the words before the unwinder's header, the outermost of which is the
// type; a copy of an exception (std::exception_ptr) has a pointer to the object there.
constexpr std::size_t type_before_header = 0x50;
constexpr std::size_t type_before_object = 0x70;

const char* mangled_type(std::uint64_t language, const _Unwind_Exception* exception) {
  constexpr std::uint64_t vendor_and_language = 0xffffffffffffff00;
  const bool gnu = (language & vendor_and_language) == 0x474e5543432b2b00;   // "GNUCC++"
  const bool llvm = (language & vendor_and_language) == 0x434c4e47432b2b00;  // "CLNGC++"
  if (!gnu && !llvm) {
    return nullptr;
  }
  const bool copied = (language & 0xff) == 1;
  const auto* const header = reinterpret_cast<const char*>(exception);
  const void* const* type = nullptr;
  if (copied) {
    const char* object = nullptr;
    std::memcpy(&object, header - type_before_header, sizeof object);
    std::memcpy(&type, object - type_before_object, sizeof type);
  } else {
    std::memcpy(&type, header - type_before_header, sizeof type);
  }
  if (type == nullptr) {
    return nullptr;
  }
  const auto* const name = static_cast<const char*>(type[1]);  // std::type_info: the virtual table, the name
  return *name == '*' ? name + 1 : name;
}

void tell_raised(std::uint64_t number, std::uint64_t language, const _Unwind_Exception* exception, bool forced) {
  const char* const mangled = forced ? nullptr : mangled_type(language, exception);
  if (mangled == nullptr) {
    voice::say(EXITPROOF_RAISED, number,
               reinterpret_cast<std::uintptr_t>(forced ? "the end of its thread" : "an exception"));
    return;
  }
  using Demangle = char*(const char*, char*, std::size_t*, int*);
  auto* const demangle = real<Demangle>("__cxa_demangle");
  int status = -1;
  char* const plain = demangle == nullptr ? nullptr : demangle(mangled, nullptr, nullptr, &status);
  voice::say(EXITPROOF_RAISED, number, reinterpret_cast<std::uintptr_t>(plain != nullptr ? plain : mangled));
  std::free(plain);
}

}  // namespace

// Asked once for each frame in the search phase, when nobody inside the handler catches; and only in the other
// phase when nobody can catch (pthread_exit(3), pthread_cancel(3)).
extern "C" __attribute__((visibility("hidden"), used)) _Unwind_Reason_Code exitproof_personality(
    int, _Unwind_Action actions, _Unwind_Exception_Class language, _Unwind_Exception* exception, _Unwind_Context*) {
  const bool forced = (actions & _UA_FORCE_UNWIND) != 0;
  if (forced || (actions & _UA_SEARCH_PHASE) != 0) {
    for (unsigned i = depth; i > 0; --i) {
      if (!running[i - 1].told) {
        running[i - 1].told = true;
        tell_raised(running[i - 1].number, language, exception, forced);
        break;
      }
    }
  }
  return _URC_CONTINUE_UNWIND;
}

extern "C" __attribute__((visibility("hidden"))) void exitproof_call(void* code, std::uintptr_t first,
                                                                     std::uintptr_t second);

#ifndef __x86_64__
#error "exitproof_call is written for x86-64"
#endif
// 0x1b: the personality's address relative to this place, in four bytes.
asm(R"(
  .text
  .hidden exitproof_call
  .globl exitproof_call
  .type exitproof_call, @function
exitproof_call:
  .cfi_startproc
  .cfi_personality 0x1b, exitproof_personality
  endbr64
  subq $8, %rsp
  .cfi_adjust_cfa_offset 8
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rdx, %rsi
  call *%rax
  addq $8, %rsp
  .cfi_adjust_cfa_offset -8
  ret
  .cfi_endproc
  .size exitproof_call, .-exitproof_call
)");

void call_guarded(std::uint64_t number, void* code, std::uintptr_t first, std::uintptr_t second) {
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  while (depth > 0 && running[depth - 1].frame <= frame) {
    --depth;
  }
  const unsigned own = depth;
  if (own < depth_max) {
    running[depth++] = {frame, number, false};
  }
  exitproof_call(code, first, second);
  depth = own;
}

}  // namespace exitproof::preload
