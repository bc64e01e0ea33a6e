#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exitproof/contract.hpp"
#include "exitproof/duration.hpp"

namespace exitproof {

/// How a subject that waits says that it can be used.
struct ReadyWhen {
  enum class Kind : std::uint8_t { quiet, file, output, listen };
  Kind kind = Kind::quiet;
  std::string what;  ///< a glob, a regular expression, a port or a socket's path
  /// "quiet", "file:GLOB", "out:REGEX", "listen:PORT-or-PATH". Throws ParseError.
  static ReadyWhen parse(std::string_view text);
  std::string print() const;
  bool operator==(const ReadyWhen&) const = default;
};

/// How a subject that waits is asked to end.
struct StopBy {
  enum class Kind : std::uint8_t { signal, ctrl_c, eof, command };
  Kind kind = Kind::signal;
  int signal = 15;
  std::string command;  ///< run by sh(1) in the world; EXITPROOF_PID is the root's pid there
  /// A signal's name, "ctrl-c", "eof", or else a command. Throws ParseError for an empty text.
  static StopBy parse(std::string_view text);
  std::string print() const;
  bool operator==(const StopBy&) const = default;
};

enum class WorldKind : std::uint8_t { overlay, private_, none };
std::string_view world_kind_name(WorldKind kind);
std::optional<WorldKind> world_kind_of_name(std::string_view name);

/// What the subject's clocks show, and how long its sleeps last.
enum class TimeMode : std::uint8_t {
  real,      ///< what the machine's show
  virtual_,  ///< time that nothing but clocks would pass in is skipped: see harness/trial/clock
};
std::string_view time_mode_name(TimeMode mode);
std::optional<TimeMode> time_mode_of_name(std::string_view name);

/// With the value 1 in a scenario's environment, static destructors are told of too. The subject does not see it.
inline constexpr const char* statics_variable = "EXITPROOF_STATICS";

/// How to start, drive and stop a subject, and what it promises.
struct Scenario {
  std::vector<std::string> command;                              ///< not empty; looked up in the subject's PATH
  std::string working_directory;                                 ///< absolute
  std::vector<std::pair<std::string, std::string>> environment;  ///< whole, not additions
  std::string stdin_file;                                        ///< empty: /dev/null
  bool tty = false;                                              ///< the terminal on descriptors 0, 1 and 2
  std::optional<ReadyWhen> ready;
  std::string drive;           ///< empty: nothing is driven
  std::optional<StopBy> stop;  ///< nothing: it ends by itself, until the survey says otherwise
  Millis timeout{30'000};      ///< a deadline for each wait of a trial; a fault-free run that does not end is cut here
  unsigned cpus = 1;
  bool own_network = true;
  bool fresh_network = false;  ///< a network namespace for each trial
  WorldKind world = WorldKind::overlay;
  TimeMode time_mode = TimeMode::real;
  bool snapshots = false;           ///< trials may begin late in its start-up, as copies: see harness/trial/snapshot
  bool agents = true;               ///< the preload and the Python agent are put into it
  std::vector<std::string> inside;  ///< Python modules whose lines and calls are counted, and may raise
  Contract contract;
  bool operator==(const Scenario&) const = default;
};

}  // namespace exitproof
