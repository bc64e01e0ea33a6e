#include "properties/invariants/varying_leftovers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

// A name of hexadecimal digits alone is a number: its letters and digits are of one kind.
std::string shape_of(std::string_view name) {
  const auto hexadecimal = [](unsigned char byte) { return std::isxdigit(byte) != 0; };
  if (std::ranges::all_of(name, hexadecimal)) return std::string(name.size(), 'h');
  std::string shape;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    shape += std::isdigit(byte) != 0 ? '9' : std::isalpha(byte) != 0 ? 'a' : character;
  }
  return shape;
}

}  // namespace

std::string likeness(const FileChange& file) {
  const std::size_t slash = file.path.rfind('/') + 1;
  return fmt::format("{} {}{}", file_type_name(file.type), file.path.substr(0, slash),
                     shape_of(std::string_view(file.path).substr(slash)));
}

std::vector<std::string> varying_leftovers_of(std::span<const Evidence> runs, const Scenario& scenario,
                                              const Baseline& baseline) {
  struct Seen {
    std::set<const Evidence*> runs;
    std::map<std::string, std::size_t> runs_of_path;
  };
  std::map<std::string, Seen> seen;
  for (const Evidence& run : runs) {
    for (const Leftover& leftover : leftovers_of(run, scenario.contract, baseline)) {
      const FileChange& file = *leftover.file;
      if (!is_output_place(file, scenario)) continue;
      Seen& alike = seen[likeness(file)];
      alike.runs.insert(&run);
      ++alike.runs_of_path[file.path];
    }
  }
  std::vector<std::string> varying;
  for (const auto& [like, alike] : seen) {
    const bool varies =
        std::ranges::any_of(alike.runs_of_path, [&](const auto& one) { return one.second < runs.size(); });
    if (varies && runs.size() > 1 && alike.runs.size() == runs.size()) varying.push_back(like);
  }
  return varying;
}

}  // namespace exitproof
