#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/generated/abstract_run.hpp"

/// What the contract asks of a described tree after a fault, and what of it is not kept: worked out from the
/// description alone, and independently of the code that judges trials.
namespace generated {

/// What is wrong, as "invariant" or "invariant subject": "no-hang", "no-orphans generated_worker",
/// "no-leftovers ab-x.tmp", "handlers-once h_a".
using Wrongs = std::set<std::string>;

/// In how many cases each is wrong, by the way in which it is.
using Cases = std::map<std::string, std::map<std::string, unsigned>>;

struct Judged {
  Wrongs wrongs;
  Cases cases;                     ///< of `wrongs`
  Wrongs trespasses;               ///< "own-files-only FILE", whether or not anybody minds
  Wrongs of_others;                ///< of `wrongs`, files of others than the killed: told apart where makers are known
  std::set<std::string> orphans;   ///< their paths
  std::optional<int> root_status;  ///< that it exited with
  bool fired = false;
  bool hung = false;
  bool hang_is_asked = false;
  bool vague = false;
};

/// Every order in which the processes may go on has its own outcome.
struct Expectation {
  Wrongs must;  ///< wrong in all of them
  Wrongs may;   ///< wrong in some
  std::set<std::string> orphans;
  bool orphans_known = true;
  bool fired = true;  ///< in all
  bool hung = false;  ///< in some, without an end having been asked for: nobody judges that
  bool vague = false;
};

class Judge {
 public:
  Judge(const Description& tree, const PlannedFault& fault, const Played& played)
      : tree_(tree), fault_(fault), played_(played) {}

  Judged judge() {
    judged_.fired = played_.fired || fault_.strike == Strike::none;
    judged_.vague = played_.vague;
    judged_.hung = played_.hung;
    judged_.hang_is_asked = played_.end_asked;
    if (root().mode == Mode::ended && root().end_signal == 0) judged_.root_status = root().exit_status;
    judge_zombies();
    if (played_.hung) {
      if (played_.end_asked) add_wrong("no-hang");
      return std::move(judged_);
    }
    judge_orphans();
    judge_handlers();
    judge_files();
    for (const std::size_t file : played_.trespassed) {
      judged_.trespasses.insert("own-files-only " + file_name(file));
    }
    return std::move(judged_);
  }

  /// A file's name as findings show it, with a pid as `*`.
  std::string file_name(std::size_t file) const {
    const File& known = tree_.files[file];
    const bool part = known.by_rename && !played_.files[file].published;
    return (known.with_pid ? "*." : "") + known.name + (part ? ".part" : "");
  }

 private:
  enum class Manner : std::uint8_t { normal, caught, by_default, killed, killed_with_all };

  const PlayedProcess& root() const { return played_.processes[0]; }

  bool is_struck(std::size_t i) const {
    return std::find(played_.struck.begin(), played_.struck.end(), i) != played_.struck.end();
  }

  Manner manner(std::size_t i) const {
    const PlayedProcess& one = played_.processes[i];
    if (fault_.strike == Strike::kill_tree && is_struck(i)) return Manner::killed_with_all;
    if (one.end_signal == kill_number && one.mode == Mode::ended) return Manner::killed;
    if (is_struck(i) && fault_.strike != Strike::kill) {
      const int signal = fault_.strike == Strike::ctrl_c ? int_number : fault_.signal;
      const bool first = played_.struck.front() == i;
      if (first && *played_.landing == Reaction::by_default) return Manner::by_default;
      if (first && *played_.landing != Reaction::ignored) return Manner::caught;
      if (!first) return one.end_signal == signal ? Manner::by_default : Manner::caught;
    }
    return one.end_signal != 0 ? Manner::by_default : Manner::normal;
  }

  bool root_killed() const { return manner(0) == Manner::killed || manner(0) == Manner::killed_with_all; }

  void add_wrong(const std::string& wrong, const std::string& way = {}) {
    judged_.wrongs.insert(wrong);
    ++judged_.cases[wrong][way];
  }

  void judge_zombies() {
    for (const UnreapedChild& one : played_.unreaped) {
      const Manner end = manner(one.parent);
      if (end != Manner::normal && end != Manner::caught) continue;
      if (one.for_ms >= static_cast<int>(tree_.zombie_ms))
        add_wrong("no-zombies " + command_of(tree_, one.parent) + " " + command_of(tree_, one.child));
    }
  }

  void judge_orphans() {
    for (std::size_t i = 1; i < played_.processes.size(); ++i) {
      const Mode mode = played_.processes[i].mode;
      if (mode == Mode::unborn || mode == Mode::ended) continue;
      judged_.orphans.insert(tree_.processes[i].path);
      add_wrong("no-orphans " + command_of(tree_, i));
    }
  }

  void judge_handlers() {
    for (const std::size_t handler : played_.registered) {
      const std::size_t owner = tree_.handlers[handler].owner;
      unsigned runs = 0;
      bool own = false;
      bool finished = false;
      for (const HandlerPlay& play : played_.handler_plays) {
        if (play.handler != handler) continue;
        if (play.by == owner || play.changed) ++runs;
        own = own || play.by == owner;
        finished = finished || (play.by == owner && play.finished);
      }
      const bool once = runs == 1 && own && finished;
      const bool wrong = runs > 1 || (!once && must_run_handlers(owner, runs));
      const std::string way = runs == 0 ? "never" : runs > 1 ? "twice" : !own ? "by another" : "unfinished";
      if (wrong) add_wrong("handlers-once " + tree_.handlers[handler].name, way);
    }
  }

  bool must_run_handlers(std::size_t owner, unsigned runs) const {
    const PlayedProcess& one = played_.processes[owner];
    if (one.mode != Mode::ended && runs == 0) return false;
    switch (manner(owner)) {
      case Manner::normal:
      case Manner::caught:
        return true;
      case Manner::by_default:
        return one.end_signal == term_number || one.end_signal == int_number;
      case Manner::killed:
      case Manner::killed_with_all:
        return false;
    }
    return false;
  }

  bool is_output(std::size_t file) const {
    const FileKind kind = tree_.files[file].kind;
    return kind == FileKind::output || kind == FileKind::locked;
  }

  bool there_as_output(std::size_t file) const {
    const PlayedFile& played = played_.files[file];
    return played.exists && (!tree_.files[file].by_rename || played.published);
  }

  bool whole(std::size_t file) const {
    return there_as_output(file) && (tree_.files[file].kind == FileKind::locked || played_.files[file].halves == 3);
  }

  bool next_run_is_blocked() const {
    for (std::size_t file = 0; file < tree_.files.size(); ++file) {
      if (tree_.files[file].kind == FileKind::exclusive && played_.files[file].exists) return true;
    }
    return played_.lock_holders != 0;
  }

  bool removed_by_next_run(std::size_t file) const {
    return !tree_.files[file].with_pid;  // what a clean run leaves is known, and left out of account
  }

  void judge_files() {
    const bool blocked = next_run_is_blocked();
    if (blocked) add_wrong("restarts");
    bool lies = false;
    for (std::size_t file = 0; file < tree_.files.size(); ++file) {
      const bool output = is_output(file);
      lies = lies || (output && !whole(file));
      if (!played_.files[file].exists) continue;
      if (output && there_as_output(file)) {
        if (!whole(file)) judge_broken(file);
        continue;
      }
      const bool by_kill = fault_.strike == Strike::kill || fault_.strike == Strike::kill_tree;
      const bool maker_killed = by_kill && is_struck(tree_.files[file].owner);
      const bool may_be_reclaimed = root_killed() || maker_killed;
      const bool accepted = may_be_reclaimed && (blocked || removed_by_next_run(file));
      if (accepted) continue;
      add_wrong("no-leftovers " + file_name(file));
      const bool after_kill = by_kill && !may_be_reclaimed;
      if (after_kill && !played_.struck.empty()) judged_.of_others.insert("no-leftovers " + file_name(file));
    }
    const bool asked = manner(0) == Manner::normal || manner(0) == Manner::caught;
    if (lies && asked && judged_.root_status == 0) add_wrong("honest-exit-status");
  }

  // It was struck, and could have left its outputs whole or absent, whatever is said of it.
  bool answers_itself(std::size_t maker) const {
    const bool call_failed = fault_.strike == Strike::no_space && fault_.process == maker && played_.fired;
    return (call_failed || is_struck(maker)) && manner(maker) != Manner::killed;
  }

  // What a killed process has left, or one that failed beside a root that owns up to it, the next run writes anew.
  void judge_broken(std::size_t file) {
    const bool root_failed = judged_.root_status != 0;
    const bool others_struck = fault_.strike != Strike::none && fault_.strike != Strike::ctrl_c &&
                               fault_.strike != Strike::kill_tree && fault_.process != 0;
    if (root_killed() || (others_struck && root_failed && !answers_itself(tree_.files[file].owner))) return;
    add_wrong("whole-outputs " + file_name(file));
  }

  const Description& tree_;
  const PlannedFault& fault_;
  const Played& played_;
  Judged judged_;
};

inline constexpr std::uint64_t schedules_tried = 60;

/// Outcomes of a fault under so many orders of the processes' steps.
inline std::vector<Judged> outcomes(const Description& tree, const PlannedFault& fault) {
  std::vector<Judged> all;
  for (std::uint64_t schedule = 1; schedule <= schedules_tried; ++schedule) {
    const Played played = AbstractRun(tree, fault, schedule).play();
    all.push_back(Judge(tree, fault, played).judge());
  }
  return all;
}

/// What is known of a tree without a fault; nothing where it is not the same in every order, or where the tree does not
/// end: such a tree is no subject for a test.
struct CleanRun {
  Wrongs wrongs;
  Cases cases;  ///< of `wrongs`
  Wrongs trespasses;
  std::set<std::string> orphans;
  int status = 0;
};

inline std::optional<CleanRun> clean_run(const Description& tree) {
  const std::vector<Judged> all = outcomes(tree, PlannedFault{});
  const Judged& first = all.front();
  const bool leaves_new_names = std::any_of(first.wrongs.begin(), first.wrongs.end(), [](const std::string& wrong) {
    return wrong.rfind("no-leftovers *", 0) == 0;  // then no next run leaves what the first did
  });
  if (first.hung || leaves_new_names || first.wrongs.count("restarts") != 0 || !first.root_status) return std::nullopt;
  for (const Judged& one : all) {
    const bool same = one.wrongs == first.wrongs && one.cases == first.cases && one.trespasses == first.trespasses &&
                      one.orphans == first.orphans && one.root_status == first.root_status && !one.vague;
    if (!same) return std::nullopt;
  }
  return CleanRun{first.wrongs, first.cases, first.trespasses, first.orphans, *first.root_status};
}

/// Whether it is as wrong as that without a fault.
inline bool is_known(const Judged& judged, const CleanRun& clean, const std::string& wrong) {
  const auto known = clean.cases.find(wrong);
  if (known == clean.cases.end()) return false;
  for (const auto& [way, count] : judged.cases.at(wrong)) {
    const auto same = known->second.find(way);
    if (same == known->second.end() || same->second < count) return false;
  }
  return true;
}

/// What is to be found after the fault, beyond what a clean run shows already. Where a trial does not see who makes
/// which file, one of others than the killed process may pass for one of it, which the next run may reclaim.
inline Expectation expect(const Description& tree, const CleanRun& clean, const PlannedFault& fault,
                          bool makers_are_seen) {
  const std::vector<Judged> all = outcomes(tree, fault);
  Expectation expectation;
  bool first = true;
  for (const Judged& one : all) {
    Wrongs wrongs;
    for (const std::string& wrong : one.wrongs) {
      if (wrong == "honest-exit-status" && clean.status != 0) continue;
      if (!is_known(one, clean, wrong)) wrongs.insert(wrong);
    }
    for (const std::string& wrong : one.trespasses) {
      if (clean.trespasses.count(wrong) == 0) wrongs.insert(wrong);
    }
    expectation.may.insert(wrongs.begin(), wrongs.end());
    for (const std::string& wrong : one.of_others) {
      if (!makers_are_seen) wrongs.erase(wrong);
    }
    Wrongs kept;
    std::set_intersection(expectation.must.begin(), expectation.must.end(), wrongs.begin(), wrongs.end(),
                          std::inserter(kept, kept.end()));
    expectation.must = first ? wrongs : kept;
    expectation.orphans_known = expectation.orphans_known && (first || one.orphans == expectation.orphans);
    if (first) expectation.orphans = one.orphans;
    expectation.fired = expectation.fired && one.fired;
    expectation.hung = expectation.hung || (one.hung && !one.hang_is_asked);
    expectation.vague = expectation.vague || one.vague;
    first = false;
  }
  return expectation;
}

}  // namespace generated
