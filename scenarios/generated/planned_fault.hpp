#pragma once

#include <cstddef>
#include <cstdint>

namespace generated {

enum class Strike : std::uint8_t { none, kill, kill_tree, signal, ctrl_c, no_space };

/// One fault, in the words of the description.
struct PlannedFault {
  Strike strike = Strike::none;
  std::size_t process = 0;
  std::size_t op = 0;  ///< it strikes right before that step, or, `no_space`, at its call
  bool after = false;  ///< right after that step
  bool quiet = false;  ///< at the first moment at which nobody is at work, instead
  int signal = 0;      ///< of a `signal`
};

inline constexpr int term_number = 15;
inline constexpr int int_number = 2;
inline constexpr int hup_number = 1;
inline constexpr int kill_number = 9;

}  // namespace generated
