#include "harness/probe/preload.hpp"
#include "harness/probe/voice.hpp"

// libexitproof-agent.so: put into a dynamic program by LD_PRELOAD (ld.so(8)), it tells the tracer of the program's exit
// handlers and of the ways out that skip them. exec(3) is a way out too, which the tracer sees by itself.
namespace exitproof::preload {

namespace {

using WayOutWithStatus = void(int);
using WayOut = void();

WayOutWithStatus* real_quick_exit = nullptr;
WayOutWithStatus* real_exit_now = nullptr;
WayOut* real_abort = nullptr;

void find_ways_out() {
  real_quick_exit = real<WayOutWithStatus>("quick_exit");
  real_exit_now = real<WayOutWithStatus>("_exit");
  real_abort = real<WayOut>("abort");
}

void tell_way_out(const char* name) {
  if (real_abort == nullptr) {
    find_ways_out();
  }
  voice::say(EXITPROOF_WAY_OUT, reinterpret_cast<std::uintptr_t>(name));
}

// It is linked with -z initfirst: no other constructor runs before, and so nobody sees the agents' variables.
__attribute__((constructor)) void start(int, char**, char** environment) {
  const bool tell_statics = leave_environment(environment);
  voice::offer_silence();
  find_registrations(tell_statics);
  find_ways_out();
  voice::say(EXITPROOF_AGENT, reinterpret_cast<std::uintptr_t>("preload"));
}

}  // namespace

}  // namespace exitproof::preload

using namespace exitproof::preload;

// The names are the C library's.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

__attribute__((visibility("default"), noreturn)) void _exit(int status) {
  tell_way_out("_exit");
  real_exit_now(status);
  __builtin_unreachable();
}

__attribute__((visibility("default"), noreturn)) void _Exit(int status) noexcept {
  tell_way_out("_Exit");
  real_exit_now(status);
  __builtin_unreachable();
}

__attribute__((visibility("default"), noreturn)) void quick_exit(int status) noexcept {
  tell_way_out("quick_exit");
  real_quick_exit(status);
  __builtin_unreachable();
}

__attribute__((visibility("default"), noreturn)) void abort() noexcept {
  tell_way_out("abort");
  real_abort();
  __builtin_unreachable();
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
