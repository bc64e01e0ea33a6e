#include "properties/search/idle_globs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "exitproof/pattern.hpp"

namespace exitproof {
namespace {

bool matches_with_directories(const std::string& glob, std::string_view path) {
  for (; path.size() > 1; path = path.substr(0, path.rfind('/'))) {
    if (file_glob_matches(glob, path)) return true;
    if (path.find('/') == std::string_view::npos) break;
  }
  return false;
}

class Search {
 public:
  Search(std::span<const Evidence> runs, std::vector<std::string>& idle) : runs_(runs), idle_(idle) {}

  void look_for(std::string_view option, const std::string& glob, bool in_directories, std::string_view words) {
    const bool named = std::ranges::any_of(runs_, [&](const Evidence& run) {
      return std::ranges::any_of(run.files, [&](const FileChange& file) {
        if (file.kind == ChangeKind::deleted) return false;
        return in_directories ? matches_with_directories(glob, file.path) : file_glob_matches(glob, file.path);
      });
    });
    if (!named) idle_.push_back(fmt::format("{} {}: {}", option, glob, words));
  }

 private:
  std::span<const Evidence> runs_;
  std::vector<std::string>& idle_;
};

}  // namespace

std::vector<std::string> idle_globs(std::span<const Evidence> runs, const Contract& contract) {
  std::vector<std::string> idle;
  if (std::ranges::all_of(runs, &Evidence::cut_by_harness)) return idle;
  constexpr std::string_view makes_none = "no fault-free run makes a file of that name";
  constexpr std::string_view leaves_none =
      "no fault-free run leaves anything of that name; what only a fault leaves may still have it";
  Search search(runs, idle);
  for (const std::string& glob : contract.outputs) search.look_for("--output", glob, false, makes_none);
  for (const std::string& glob : contract.logs) search.look_for("--log", glob, false, makes_none);
  for (const auto& [glob, command] : contract.validators) search.look_for("--valid", glob, false, makes_none);
  for (const std::string& glob : contract.allowed) search.look_for("--allow", glob, true, leaves_none);
  return idle;
}

}  // namespace exitproof
