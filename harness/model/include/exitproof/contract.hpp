#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exitproof/duration.hpp"

namespace exitproof {

/// What is asked of the leftovers of a SIGKILL.
enum class AfterKill : std::uint8_t {
  recover,  ///< the next run removes or repairs them
  forbid,   ///< there are none
  allow,    ///< whatever does not stop the next run
};

std::string_view after_kill_name(AfterKill after_kill);
std::optional<AfterKill> after_kill_of_name(std::string_view name);

/// What a subject promises.
struct Contract {
  Millis grace{2'000};                ///< how long descendants may outlive the root
  Millis zombie{300};                 ///< how long a child may stay unreaped; 0: until its parent ends
  std::vector<std::string> outlives;  ///< commands that may survive the root, by base name
  std::vector<std::string> outputs;   ///< globs of files that a run is there to make
  std::vector<std::string> allowed;   ///< globs of files that may be left
  AfterKill after_kill = AfterKill::recover;
  /// Glob and command: it is run by sh(1) in the world with the file's path as $1, and exits with 0 for a whole one.
  std::vector<std::pair<std::string, std::string>> validators;
  std::vector<std::string> logs;  ///< globs of outputs of which any prefix that ends at a line end is whole
  /// Regular expressions (ECMAScript), each for a line of output that stands for an exit handler.
  std::vector<std::string> once;
  bool runtime_handlers = false;  ///< handlers of the language's runtime are asked for as well
  std::string restart;            ///< the next run, by sh(1), where it is another command; empty: the same
  bool operator==(const Contract&) const = default;
};

/// How the struck process, or the root when another was struck, came to its end. Decides what is
/// asked of it: DESIGN's table of the default contract, as data.
enum class Manner : std::uint8_t {
  normal,          ///< a normal exit, or nothing was struck
  caught_signal,   ///< a handler of its own ran
  default_signal,  ///< a signal's default action ended it
  sigkill,
  sigkill_tree,  ///< all at one instant: nobody is left to clean up
};

std::string_view manner_name(Manner manner);

}  // namespace exitproof
