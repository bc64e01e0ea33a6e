#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/next_run.hpp"
#include "properties/invariants/outputs.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "own-files-only";

// What the kernel shows there is no file of anybody's.
constexpr std::array<std::string_view, 3> no_files_below = {"/proc", "/sys", "/dev"};

// What was done to a file of the machine; empty: nothing that takes its content away.
std::string harm_done(const FileChange& file) {
  switch (file.kind) {
    case ChangeKind::created:
      return {};
    case ChangeKind::deleted:
      return "is deleted";
    case ChangeKind::changed:
      if (file.replaced) return "is replaced by another file";
      if (file.type != FileType::regular || file.size >= file.size_before) return {};
      return fmt::format("is cut to {} of {} bytes", file.size, file.size_before);
  }
  return {};
}

std::set<std::string> patterns_of(const std::vector<std::string>& paths) {
  std::set<std::string> patterns;
  for (const std::string& path : paths) patterns.insert(name_pattern(path));
  return patterns;
}

/// What fault-free runs do to files of the machine.
struct Usual {
  std::set<std::string> touched;
  std::set<std::string> deleted;
};

bool is_usual(const Usual& usual, const FileChange& file) {
  return usual.touched.contains(name_pattern(file.path));
}

// Fault-free runs put something else in its place: who loses it on the way may have meant to, as a compiler does
// with what it can make again, or may have lost what nobody has any more.
bool is_lost_on_the_way(const Usual& usual, const FileChange& file) {
  return file.kind == ChangeKind::deleted && is_usual(usual, file) && !usual.deleted.contains(name_pattern(file.path));
}

// No harm that is known to be one.
bool is_only_changed(const Usual& usual, const FileChange& file) {
  return file.kind == ChangeKind::changed && file.type == FileType::regular && harm_done(file).empty() &&
         !is_usual(usual, file);
}

std::string what_changed(const FileChange& file) {
  if (file.size == file.size_before && file.content_changed == false) {
    return fmt::format("has the same content with another {}", file.attributes_changed);
  }
  const bool perhaps = file.size == file.size_before && !file.content_changed;
  return fmt::format("{} written to ({} bytes before, {} now)", perhaps ? "may be" : "is", file.size_before, file.size);
}

/// What is said of a file that is lost on the way.
struct Loss {
  enum class Saying : std::uint8_t { nothing, note, violation };
  Saying saying = Saying::note;
  std::string words = {};  ///< of a violation: what the next run leaves instead
};

// Whoever can make a file again may take it away when it fails, as a linker does: the next run tells. One that fails is
// told by `restarts`, and one by another command is not asked to make anything.
Loss loss_of(const Evidence& evidence, const FileChange& file, const Contract& contract, const Baseline& baseline) {
  if (!evidence.next_run) return {};
  const bool back = std::ranges::none_of(evidence.next_run->files, [&](const FileChange& now) {
    return now.path == file.path && now.kind == ChangeKind::deleted;
  });
  const Loss otherwise{back ? Loss::Saying::nothing : Loss::Saying::note};
  if (!contract.restart.empty() || opinion_of_next_run(evidence, contract, baseline).shows != NextRunShows::works) {
    return otherwise;
  }
  const OutputFate fate = fate_after_next_run(*evidence.next_run, file.path, contract, baseline);
  switch (fate.wholeness) {
    case Wholeness::whole:
    case Wholeness::unchanged:
      return {Loss::Saying::nothing};
    case Wholeness::absent:
    case Wholeness::broken:
      return {Loss::Saying::violation, fate.words};
    case Wholeness::unknown:
      break;
  }
  return otherwise;
}

using Files = std::vector<const FileChange*>;

// "/srv/a.txt" alone, and "/srv/data/*" of several: what one fault does to the files of one directory is one defect.
std::string subject_of(const std::string& place, const Files& files) {
  const std::string first = name_pattern(files.front()->path);
  const bool alike =
      std::ranges::all_of(files, [&](const FileChange* file) { return name_pattern(file->path) == first; });
  return alike ? first : name_pattern(place) + "/*";
}

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// Of the directories in which files were harmed, the uppermost that the file lies below.
std::string place_of(const FileChange& file, const std::set<std::string>& directories) {
  const auto above = std::ranges::find_if(
      directories, [&](const std::string& one) { return !one.empty() && file.path.starts_with(one + "/"); });
  return above != directories.end() ? *above : directory_of(file.path);
}

std::string describe(const Evidence& evidence, const std::string& subject, const Files& files) {
  const FileChange& first = *files.front();
  std::string detail = fmt::format("{} was there before, and {}", first.path, harm_done(first));
  if (first.maker) detail += " by " + evidence.describe(first.maker->process());
  if (files.size() > 1) detail += fmt::format("; so it is with {} more in {}", files.size() - 1, directory_of(subject));
  return fmt::format("{}; fault-free runs leave {} as before, and {}", detail, files.size() > 1 ? "them" : "it",
                     how_root_ended(evidence));
}

void note(Opinion& result, const Evidence& evidence, const FileChange& file, const std::string& what) {
  const ProcessPath root = ProcessPath::root();
  result.notes.push_back({std::string(name),
                          root,
                          command_of(evidence, root),
                          name_pattern(file.path),
                          fmt::format("{} was there before, and {}", file.path, what),
                          {}});
}

void say_loss(Opinion& result, const Evidence& evidence, const FileChange& file, const Loss& loss) {
  constexpr std::string_view gone = "is gone, where fault-free runs leave another in its place";
  const ProcessPath root = ProcessPath::root();
  switch (loss.saying) {
    case Loss::Saying::nothing:
      return;
    case Loss::Saying::note:
      return note(result, evidence, file, std::string(gone));
    case Loss::Saying::violation:
      result.violations.push_back(
          {std::string(name), root, command_of(evidence, root), name_pattern(file.path),
           fmt::format("{} was there before, and {}; {}, and the next run works and does not bring it back: {}",
                       file.path, gone, how_root_ended(evidence), loss.words),
           manner_of(evidence, root), Recovery::leaked});
  }
}

// The word for what was done: those that it was done to in one place are told together.
std::string_view harm_kind(const FileChange& file) {
  if (file.kind == ChangeKind::deleted) return "deleted";
  return file.replaced ? "replaced" : "cut";
}

void say_harm(Opinion& result, const Evidence& evidence, const Files& harmed) {
  std::set<std::string> directories;
  for (const FileChange* file : harmed) directories.insert(directory_of(file->path));
  std::map<std::pair<std::string, std::string_view>, Files> groups;
  for (const FileChange* file : harmed) groups[{place_of(*file, directories), harm_kind(*file)}].push_back(file);
  const ProcessPath root = ProcessPath::root();
  for (auto& [key, files] : groups) {
    std::ranges::sort(files, {}, &FileChange::path);
    const std::string subject = subject_of(key.first, files);
    result.violations.push_back(
        {.invariant = std::string(name),
         .process = root,
         .command = command_of(evidence, root),
         .subject = subject,
         .detail = describe(evidence, subject, files),
         .manner = manner_of(evidence, root),
         .file = files.front()->path,
         .cases = {{std::string(harm_kind(*files.front())), static_cast<unsigned>(files.size())}}});
  }
}

void judge_files(const Evidence& evidence, const Contract& contract, const Baseline& baseline, Opinion& result) {
  const Usual usual{patterns_of(baseline.touched_files), patterns_of(baseline.deleted_files)};
  const ProcessPath root = ProcessPath::root();
  Files harmed;
  for (const FileChange& file : evidence.files) {
    const bool real =
        std::ranges::none_of(no_files_below, [&](std::string_view place) { return lies_below(file.path, place); });
    if (!real) continue;
    if (!harm_done(file).empty() && !is_usual(usual, file)) harmed.push_back(&file);
    if (is_lost_on_the_way(usual, file)) {
      say_loss(result, evidence, file, loss_of(evidence, file, contract, baseline));
    } else if (is_only_changed(usual, file)) {
      note(result, evidence, file, what_changed(file) + ", which no fault-free run does");
    }
  }
  say_harm(result, evidence, harmed);
}

bool is_excused(const Trespass& trespass) {
  return trespass.by.process().descends_from(trespass.maker.process())
             ? is_planted("own-files-only: children own what their parents make")
             : is_planted("own-files-only: siblings own what they make together");
}

void judge_trespasses(const Evidence& evidence, const Baseline& baseline, Opinion& result) {
  std::map<std::string, const Trespass*> by_pattern;
  for (const Trespass& trespass : evidence.trespasses) {
    const std::string pattern = name_pattern(trespass.path);
    if (is_excused(trespass)) continue;
    if (!std::ranges::binary_search(baseline.trespasses, pattern)) by_pattern.emplace(pattern, &trespass);
  }
  for (const auto& [pattern, trespass] : by_pattern) {
    const std::string detail =
        fmt::format("{} took {} away from {}, which was alive and had made it, by {}; no fault-free run does that",
                    evidence.describe(trespass->by.process()), trespass->path,
                    evidence.describe(trespass->maker.process()), trespass->call);
    result.violations.push_back({std::string(name), trespass->by.process(), command_of(evidence, trespass->by), pattern,
                                 detail, manner_of(evidence, ProcessPath::root())});
  }
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  if (asked(Duty::own_files_only, manner_of(evidence, ProcessPath::root())) == Asked::no) return result;
  judge_files(evidence, contract, baseline, result);
  judge_trespasses(evidence, baseline, result);
  return result;
}

}  // namespace

extern const Invariant own_files_only;
const Invariant own_files_only{"own-files-only", "no file of others is deleted, replaced or cut", opinion};

}  // namespace exitproof
