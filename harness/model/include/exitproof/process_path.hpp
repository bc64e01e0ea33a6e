#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exitproof {

/// Names a thread of the subject by birth order, which replays where pids do not.
///
/// `0` is the main thread of the root; `0.2` that of its 2nd child process; `0.2/1` is the 1st
/// extra thread of `0.2`. A child made by an extra thread counts among its process's children.
struct ProcessPath {
  /// One number from 1 per generation below the root; empty for the root itself.
  std::vector<std::uint32_t> births;
  /// 0 for the main thread, else the order of birth among the process's extra threads.
  std::uint32_t thread = 0;

  static ProcessPath root() { return {}; }
  ProcessPath child(std::uint32_t birth) const;
  ProcessPath extra_thread(std::uint32_t birth) const;
  /// The main thread's path: this path without its thread.
  ProcessPath process() const;
  /// The process that made this one; nothing for the root.
  std::optional<ProcessPath> parent() const;
  bool is_root() const noexcept { return births.empty(); }
  /// Below it, and so not itself; threads do not matter.
  bool descends_from(const ProcessPath& ancestor) const;

  /// Throws ParseError. `print(parse(t)) == t` for every text that parses.
  static ProcessPath parse(std::string_view text);
  std::string print() const;

  auto operator<=>(const ProcessPath&) const = default;  // NOLINT(modernize-use-nullptr): of the compiler's own 0
  bool operator==(const ProcessPath&) const = default;
};

/// Names a process by its executable's base name: `cc1` is the first process of that name,
/// `cc1%2` the second, in order of their exec. Other bytes than `A-Z a-z 0-9 . _ -` are
/// percent-encoded; digits alone after the last `%` are always the number, so the first `a b2` of a
/// tree is `a%20b2`, but the first `a 2` is `a%202%1`.
struct ProcessName {
  std::string base;
  std::uint32_t nth = 1;
  bool operator==(const ProcessName&) const = default;
};

/// Where a site looks for its process: a path, or a name.
using ProcessSelector = std::variant<ProcessPath, ProcessName>;

/// A text of digits, points and slashes is a path. Throws ParseError.
ProcessSelector parse_selector(std::string_view text);
std::string print_selector(const ProcessSelector& selector);

}  // namespace exitproof
