#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

// The one deliberate mistake that a subject was asked to make.
namespace defect {

inline std::string_view chosen;

/// Takes the mistake's name from the command line; without one the subject is the reference. A name that the
/// subject does not know ends it with status 2.
inline void choose(int argc, char** argv, std::initializer_list<std::string_view> known) {
  if (argc < 2) return;
  chosen = argv[1];
  if (std::ranges::find(known, chosen) != known.end()) return;
  std::fprintf(stderr, "%s: unknown defect %s; there are:\n", argv[0], argv[1]);
  for (std::string_view name : known) std::fprintf(stderr, "  %.*s\n", static_cast<int>(name.size()), name.data());
  std::exit(2);
}

inline bool is(std::string_view name) {
  return chosen == name;
}

}  // namespace defect
