#pragma once

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

#include "exitproof/probe.h"

/// The C++ face of the probe (probe.h): points that throw, and guards of which the harness knows. Header only, C++17.
/// Without the harness a point does nothing, and a guard runs its body.
namespace exitproof {

/// What a point throws when the harness asks for it: `throw@0:probe=save:1`.
class injected_fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A named place where a fault can strike. Throws injected_fault when the harness asks for an exception here.
inline void point(const char* name) {
  if (exitproof_point(name) != 0) {
    throw injected_fault(name);
  }
}

/// Runs `body` at the end of its scope, and tells the harness that it promises to, that it begins and that it is
/// done. An exception out of `body` is told, and ends the program by std::terminate, as out of any destructor.
/// `name`, `file` and `line` say in findings which guard it is; those of the place that makes it come by themselves.
template <typename Body>
class [[nodiscard]] HandlerGuard {
 public:
  // <source_location> is not there with clang 14 and libstdc++, and the builtins serve C++17 too.
  explicit HandlerGuard(Body body, const char* name = "", const char* file = __builtin_FILE(),
                        int line = __builtin_LINE())
      : body_(std::move(body)) {
    std::array<char, EXITPROOF_TEXT_MAX + 1> what{};
    std::snprintf(what.data(), what.size(), "scope guard\n%s\n%s\n%d\nown", name, file, line);
    exitproof_handler_registered(number(), what.data());
  }

  ~HandlerGuard() {
    if (!armed_) {
      return;
    }
    exitproof_handler_started(number());
    try {
      body_();
    } catch (const std::exception& error) {
      exitproof_handler_raised(number(), error.what());
      std::terminate();
    } catch (...) {
      exitproof_handler_raised(number(), "an exception");
      std::terminate();
    }
    exitproof_handler_finished(number());
  }

  HandlerGuard(const HandlerGuard&) = delete;
  HandlerGuard& operator=(const HandlerGuard&) = delete;

  /// Takes it back: `body` is not run.
  void release() noexcept {
    armed_ = false;
    exitproof_handler_unregistered(number());
  }

 private:
  // Its address: no other handler of the process has that number while the guard lives, in whatever library.
  std::uint64_t number() const noexcept { return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this)); }

  Body body_;
  bool armed_ = true;
};

/// `const auto remove_temp = exitproof::scope_guard([&] { unlink(path); }, "remove temp");`
template <typename Body>
HandlerGuard<Body> scope_guard(Body body, const char* name = "", const char* file = __builtin_FILE(),
                               int line = __builtin_LINE()) {
  return HandlerGuard<Body>(std::move(body), name, file, line);
}

}  // namespace exitproof
