#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exitproof/process_path.hpp"

namespace exitproof {

/// What a search knows of a process before it strikes it.
struct TargetProcess {
  ProcessPath path;
  std::string command;  ///< base name of its executable
  bool leaf = false;    ///< it makes no process in fault-free runs
  bool operator==(const TargetProcess&) const = default;
};

/// Which processes are struck, by the part that they have in the tree.
///
///     TARGET := "any" | "root" | "others" | "leaf" | "command=" NAME
struct Target {
  enum class Role : std::uint8_t {
    any,
    root,
    others,   ///< any but the root
    leaf,     ///< those that make no process in fault-free runs
    command,  ///< those whose executable has this base name
  };
  Role role = Role::any;
  std::string command = {};  ///< for Role::command

  /// Throws ParseError with the column.
  static Target parse(std::string_view text);
  std::string print() const;

  bool covers(const TargetProcess& process) const;

  bool operator==(const Target&) const = default;
};

}  // namespace exitproof
