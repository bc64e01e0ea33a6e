#include "properties/invariants/wholeness.hpp"
#include "properties/invariants/planted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "exitproof/pattern.hpp"
#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

using ByPath = std::map<std::string_view, const FileChange*>;

ByPath by_path(std::span<const FileChange> files) {
  ByPath all;
  for (const FileChange& file : files) all.emplace(file.path, &file);
  return all;
}

const StableOutput* find(std::span<const StableOutput> outputs, std::string_view path) {
  const auto found = std::ranges::lower_bound(outputs, path, std::less<>{}, &StableOutput::path);
  return found != outputs.end() && found->path == path ? &*found : nullptr;
}

bool has_digest(FileType type) {
  return type == FileType::regular || type == FileType::symlink;
}

bool same_content(const FileChange& file, const StableOutput& expected) {
  if (file.type != expected.type) return false;
  return !has_digest(file.type) || (file.size == expected.size && file.digest == expected.digest);
}

std::string type_words(FileType type) {
  return std::string(file_type_name(type)) + (type == FileType::regular ? " file" : "");
}

std::string how_it_differs(const FileChange& now, const StableOutput& expected) {
  if (now.type != expected.type) {
    return fmt::format("{} is a {} and no {}", now.path, type_words(now.type), type_words(expected.type));
  }
  if (now.type == FileType::symlink) {
    return fmt::format("{} points to {} instead of {}", now.path, now.digest, expected.digest);
  }
  if (now.size == expected.size) return now.path + " has other content";
  if (now.size > expected.size) return fmt::format("{} has {} bytes instead of {}", now.path, now.size, expected.size);
  return fmt::format("{} has {} of {} bytes", now.path, now.size, expected.size);
}

// A cache is filled when it can be, and a program that could not has not failed.
bool is_cache(std::string_view path) {
  return path.find("/__pycache__") != std::string_view::npos || path.find("/.cache") != std::string_view::npos;
}

// Whether the entry of the machine has another content, target or type than before; nothing: it is not on record.
std::optional<bool> content_changed(const FileChange& file) {
  if (file.kind != ChangeKind::changed) return std::nullopt;
  if (file.type == FileType::regular && file.size != file.size_before) return true;
  return file.content_changed;
}

std::optional<bool> differs_from_before(const FileChange& file) {
  if (file.kind == ChangeKind::changed && file.attributes_changed.starts_with("mode ")) return true;
  return content_changed(file);
}

// Whether the entry of the machine is before the run what it is not after it.
bool surely_changes(const StableOutput* expected) {
  return expected != nullptr && expected->differs_from_before.value_or(false);
}

class Judge {
 public:
  Judge(const WhatIsThere& there, const Contract& contract, const Baseline& baseline,
        std::span<const StableOutput> expected)
      : there_(there), contract_(contract), baseline_(baseline), expected_(expected), files_(by_path(there.files)) {}

  OutputFate fate(const std::string& path) const {
    const auto found = files_.find(path);
    if (found == files_.end() || found->second->kind == ChangeKind::deleted) return fate_without(path, found);
    const FileChange& now = *found->second;
    if (const auto said = said_by_validator(now)) return *said;
    if (now.type == FileType::regular && any_matches(contract_.logs, path)) {
      if (now.ends_line || is_planted("whole-outputs: a log may end anywhere")) return whole(path);
      return broken(path, fmt::format("{} has {} bytes and does not end at a line end", path, now.size));
    }
    const StableOutput* expected = find(expected_, path);
    if (expected == nullptr) return has_digest(now.type) ? unknown(path) : whole(path);
    if (now.size < expected->size && is_planted("whole-outputs: a part is the whole")) return whole(path);
    if (same_content(now, *expected)) {
      if (now.mode == expected->mode) return whole(path);
      return {path, Wholeness::whole,
              fmt::format("{} has mode {:04o} instead of {:04o}", path, now.mode, expected->mode), true};
    }
    const bool to_be_validated = std::ranges::any_of(
        contract_.validators, [&](const auto& one) { return any_matches(std::span(&one.first, 1), path); });
    if (to_be_validated) return unknown(path);
    const std::optional<bool> changed = content_changed(now);
    if (changed == false) return as_before(path, expected);
    if (!changed && may_be_as_before(now, *expected)) return not_on_record(path);
    return broken(path, how_it_differs(now, *expected));
  }

  std::vector<OutputFate> fates() const {
    std::map<std::string, OutputFate> fates;
    for (const std::string& path : candidates()) fates.emplace(path, fate(path));
    for (const std::string& pattern : baseline_.varying_outputs) {
      const bool any = std::ranges::any_of(there_.files, [&](const FileChange& file) {
        return file.kind != ChangeKind::deleted && name_pattern(file.path) == pattern;
      });
      if (!any) fates.emplace(pattern, OutputFate{pattern, Wholeness::absent, "no " + pattern + " is there", true});
    }
    std::vector<OutputFate> all;
    for (auto& [path, fate] : fates) all.push_back(std::move(fate));
    return all;
  }

 private:
  std::set<std::string> candidates() const {
    std::set<std::string> paths(baseline_.outputs.begin(), baseline_.outputs.end());
    for (const auto& [path, file] : files_) {
      const bool there = file->kind != ChangeKind::deleted && file->type == FileType::regular;
      const bool by_itself = file->kind == ChangeKind::changed && was_validated(path);
      if (there && (by_itself || is_output(*file, contract_, baseline_))) paths.emplace(path);
    }
    std::erase_if(paths, [&](const std::string& path) {
      return is_allowed(path, contract_) && !any_matches(contract_.outputs, path);
    });
    return paths;
  }

  OutputFate fate_without(const std::string& path, ByPath::const_iterator found) const {
    const bool of_machine = std::ranges::binary_search(baseline_.touched_files, path);
    if (of_machine && found == files_.end()) {
      return as_before(path, find(expected_, path));
    }
    return {path, Wholeness::absent, path + " is missing", !is_cache(path)};
  }

  bool was_validated(std::string_view path) const {
    return std::ranges::any_of(there_.validations, [&](const Validation& one) { return one.path == path; });
  }

  std::optional<OutputFate> said_by_validator(const FileChange& now) const {
    const auto said = std::ranges::find(there_.validations, now.path, &Validation::path);
    if (said == there_.validations.end()) return std::nullopt;
    if (!said->failure.empty()) {
      return OutputFate{now.path, Wholeness::unknown, fmt::format("the validator of {} {}", now.path, said->failure),
                        false};
    }
    if (said->whole) return whole(now.path);
    return broken(now.path, fmt::format("{} of {} bytes is not whole, says its validator", now.path, now.size));
  }

  // Its time or mode may be all that was changed so far.
  static bool may_be_as_before(const FileChange& now, const StableOutput& expected) {
    return now.kind == ChangeKind::changed && now.type == expected.type && !now.replaced;
  }

  static OutputFate as_before(const std::string& path, const StableOutput* expected) {
    return {path, Wholeness::unchanged, path + " is as it was before", surely_changes(expected)};
  }

  static OutputFate whole(std::string path) { return {std::move(path), Wholeness::whole, {}, false}; }
  static OutputFate broken(std::string path, std::string words) {
    return {std::move(path), Wholeness::broken, std::move(words), true};
  }
  static OutputFate not_on_record(const std::string& path) {
    return {path, Wholeness::unknown,
            path + " has as many bytes as before, and whether they are the same ones is not on record", false};
  }
  static OutputFate unknown(const std::string& path) {
    const std::string pattern = name_pattern(path);
    return {path, Wholeness::unknown,
            fmt::format("{} varies from run to run: --valid '{}=COMMAND' or --log '{}' would tell whether it is whole",
                        pattern, pattern, pattern),
            false};
  }

  const WhatIsThere& there_;
  const Contract& contract_;
  const Baseline& baseline_;
  std::span<const StableOutput> expected_;
  ByPath files_;
};

std::optional<StableOutput> stable_output(const std::string& path, std::span<const ByPath> runs) {
  std::optional<StableOutput> stable;
  for (const ByPath& run : runs) {
    const auto found = run.find(path);
    if (found == run.end() || found->second->kind == ChangeKind::deleted) return std::nullopt;
    const FileChange& file = *found->second;
    if (!stable) {
      stable = StableOutput{path, file.type, file.size, file.digest, file.mode, {}};
      stable->differs_from_before = differs_from_before(file);
    } else if (!same_content(file, *stable) || file.mode != stable->mode) {
      return std::nullopt;
    }
  }
  return stable;
}

}  // namespace

std::vector<OutputFate> fates_of_outputs(const WhatIsThere& there, const Contract& contract, const Baseline& baseline,
                                         std::span<const StableOutput> expected) {
  return Judge(there, contract, baseline, expected).fates();
}

OutputFate fate_of(const std::string& path, const WhatIsThere& there, const Contract& contract,
                   const Baseline& baseline, std::span<const StableOutput> expected) {
  return Judge(there, contract, baseline, expected).fate(path);
}

std::vector<StableOutput> stable_outputs_of(std::span<const std::string> paths,
                                            std::span<const std::span<const FileChange>> runs) {
  if (runs.size() < 2) return {};
  std::vector<ByPath> files;
  std::ranges::transform(runs, std::back_inserter(files), by_path);
  std::vector<StableOutput> stable;
  for (const std::string& path : paths) {
    if (std::optional<StableOutput> one = stable_output(path, files)) stable.push_back(std::move(*one));
  }
  return stable;
}

}  // namespace exitproof
