#include "properties/invariants/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "exitproof/pattern.hpp"

namespace exitproof {
namespace {

constexpr std::array<std::string_view, 7> machine_places = {
    "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/var/run", "/var/lock",
};

// By its text alone: what the path leads to is the kernel's business, and this is a pure room.
std::string absolute(std::string_view path, const std::string& working_directory) {
  const std::string whole = path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", working_directory, path);
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from < whole.size();) {
    const std::size_t end = std::min(whole.find('/', from), whole.size());
    const std::string_view part = std::string_view(whole).substr(from, end - from);
    from = end + 1;
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  return fmt::format("/{}", fmt::join(parts, "/"));
}

bool is_ipc(FileType type) {
  switch (type) {
    case FileType::shm_segment:
    case FileType::semaphore_set:
    case FileType::message_queue:
    case FileType::posix_queue:
      return true;
    case FileType::regular:
    case FileType::directory:
    case FileType::symlink:
    case FileType::socket:
    case FileType::fifo:
    case FileType::device:
      return false;
  }
  return false;
}

bool names(std::string_view argument, const std::string& path, const std::string& working_directory) {
  const auto is_path = [&](std::string_view text) {
    return !text.empty() && absolute(text, working_directory) == path;
  };
  if (is_path(argument)) return true;
  const std::size_t equals = argument.find('=');
  if (equals != std::string_view::npos && is_path(argument.substr(equals + 1))) return true;
  const bool short_option = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
  return short_option && is_path(argument.substr(2));
}

bool is_left(const FileChange& file) {
  return file.kind != ChangeKind::deleted;
}

std::size_t depth_of_innermost(std::string_view path, std::span<const std::string> directories) {
  std::size_t length = 0;
  for (const std::string& directory : directories) {
    if (lies_below(path, directory)) length = std::max(length, directory.size());
  }
  return length;
}

// Directories that hold an output are there for its sake.
void add_directories_of(std::set<std::string>& outputs, const std::set<std::string>& directories) {
  for (const std::string& directory : directories) {
    const auto next = outputs.upper_bound(directory + "/");
    if (next != outputs.end() && lies_below(*next, directory)) outputs.insert(directory);
  }
}

// With the slash before every other character a directory stands right before what lies below it.
struct DirectoryFirst {
  bool operator()(std::string_view left, std::string_view right) const {
    const auto rank = [](char byte) { return byte == '/' ? 0 : 1 + static_cast<unsigned char>(byte); };
    return std::ranges::lexicographical_compare(left, right, {}, rank, rank);
  }
};

using ByPath = std::map<std::string_view, const FileChange*, DirectoryFirst>;

bool any_below(const ByPath& files, std::string_view directory) {
  const std::string prefix = std::string(directory) + "/";
  const auto next = files.lower_bound(prefix);
  return next != files.end() && next->first.starts_with(prefix);
}

// Files first: a directory is left over for its own sake only if it is empty or holds a leftover.
ByPath left_over(const ByPath& kept, const ByPath& candidates) {
  ByPath left = candidates;
  for (auto one = candidates.rbegin(); one != candidates.rend(); ++one) {
    const auto& [path, file] = *one;
    if (file->type == FileType::directory && any_below(kept, path) && !any_below(left, path)) left.erase(path);
  }
  return left;
}

}  // namespace

bool lies_below(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.size() > 1 && path.front() == '/';
  return path.size() > directory.size() + 1 && path.starts_with(directory) && path[directory.size()] == '/';
}

bool any_matches(std::span<const std::string> globs, std::string_view path) {
  return std::ranges::any_of(globs, [&](const std::string& glob) { return file_glob_matches(glob, path); });
}

bool any_reaches(std::span<const std::string> globs, std::string_view directory) {
  return std::ranges::any_of(globs, [&](const std::string& text) {
    const std::string glob = normal_file_glob(text);
    for (std::size_t slash = glob.find('/', 1); slash != std::string::npos; slash = glob.find('/', slash + 1)) {
      const std::string_view upper = std::string_view(glob).substr(0, slash);
      if (upper != "**" && glob_matches(upper, directory)) return true;
    }
    return false;
  });
}

std::vector<std::string> temporary_places(const Scenario& scenario) {
  std::set<std::string> places(machine_places.begin(), machine_places.end());
  for (const auto& [name, value] : scenario.environment) {
    if (name == "TMPDIR" && !value.empty()) places.insert(absolute(value, scenario.working_directory));
  }
  return {places.begin(), places.end()};
}

bool is_output_place(const FileChange& file, const Scenario& scenario) {
  const auto named = [&](const std::string& argument) {
    return names(argument, file.path, scenario.working_directory);
  };
  if (std::any_of(scenario.command.begin() + (scenario.command.empty() ? 0 : 1), scenario.command.end(), named)) {
    return true;
  }
  if (is_ipc(file.type)) return false;
  const std::size_t temporary = depth_of_innermost(file.path, temporary_places(scenario));
  const bool at_work = !scenario.working_directory.empty() && lies_below(file.path, scenario.working_directory);
  return temporary == 0 || (at_work && scenario.working_directory.size() >= temporary);
}

bool is_output(const FileChange& file, const Contract& contract, const Baseline& baseline) {
  return std::ranges::binary_search(baseline.outputs, file.path) || any_matches(contract.outputs, file.path) ||
         (file.type == FileType::directory && any_reaches(contract.outputs, file.path));
}

// What an --allow names covers what is in it: a finding about a directory speaks of both.
bool is_allowed(std::string_view path, const Contract& contract) {
  for (std::string_view one = path; one.size() > 1; one = one.substr(0, one.rfind('/'))) {
    if (any_matches(contract.allowed, one)) return true;
    if (one.find('/') == std::string_view::npos) return false;
  }
  return false;
}

Outputs outputs_of(std::span<const Evidence> surveys, const Scenario& scenario) {
  std::map<std::string, std::size_t> runs_of_path;
  std::map<std::string, std::set<const Evidence*>> runs_of_pattern;
  std::set<std::string> directories;
  for (const Evidence& survey : surveys) {
    for (const FileChange& file : survey.files) {
      if (!is_left(file)) continue;
      if (file.type == FileType::directory) directories.insert(file.path);
      const bool named = any_matches(scenario.contract.outputs, file.path);
      if (named || is_output_place(file, scenario)) ++runs_of_path[file.path];
      if (named) runs_of_pattern[name_pattern(file.path)].insert(&survey);
    }
  }
  std::set<std::string> stable;
  std::set<std::string> stable_patterns;
  for (const auto& [path, runs] : runs_of_path) {
    if (runs < surveys.size()) continue;
    stable.insert(path);
    stable_patterns.insert(name_pattern(path));
  }
  add_directories_of(stable, directories);
  Outputs outputs{.stable = {stable.begin(), stable.end()}, .varying = {}};
  for (const auto& [pattern, runs] : runs_of_pattern) {
    if (runs.size() == surveys.size() && !stable_patterns.contains(pattern)) outputs.varying.push_back(pattern);
  }
  return outputs;
}

std::vector<Leftover> leftovers_of(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  ByPath outputs;
  ByPath allowed;
  ByPath candidates;
  for (const FileChange& file : evidence.files) {
    if (file.kind != ChangeKind::created) continue;
    ByPath& heap = is_output(file, contract, baseline) ? outputs
                   : is_allowed(file.path, contract)   ? allowed
                                                       : candidates;
    heap.emplace(file.path, &file);
  }
  std::erase_if(candidates, [&](const auto& one) {
    return one.second->type == FileType::directory && any_below(outputs, one.first);
  });
  std::vector<Leftover> leftovers;
  for (const auto& [path, file] : left_over(allowed, candidates)) {
    if (!leftovers.empty() && lies_below(path, leftovers.back().file->path)) {
      leftovers.back().inside.push_back(file);
    } else {
      leftovers.push_back({file, {}});
    }
  }
  return leftovers;
}

}  // namespace exitproof
