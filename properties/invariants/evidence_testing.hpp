#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/invariant.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof::testing {

/// Writes evidence down as a test tells it: one call for each thing that happened. A new Story is a root
/// that ended with exit 0 after one second, with nothing struck and nothing left, and an agent in it.
class Story {
 public:
  explicit Story(std::string command = "app");

  /// A descendant that ended with exit 0 and was reaped; its maker is its parent by path.
  Story& process(std::string_view path, std::string command);
  Story& ended(std::string_view path, std::string_view wait_status);
  Story& alive(std::string_view path);
  Story& reaping(std::string_view path, Reaping reaping);

  /// A fired fault of the plan with the processes it was done to; a death is written down for the
  /// first of them when the landing is one.
  Story& fault(std::string_view fault, const std::vector<std::string>& struck, Landing landing);
  Story& unfired(std::string_view fault, std::string why_not);

  Story& survivor(std::string_view path);
  Story& transient(std::string_view path, Micros ended_after);
  Story& survivor(std::string_view path, Survivor as);

  /// A child that its parent did not reap for so long, and never did.
  Story& zombie(std::string_view path, Micros unreaped_for);
  Story& zombie_at_end(std::string_view path, Micros unreaped_for);
  Story& late_reap(std::string_view path, Micros unreaped_for);

  Story& file(std::string path, FileType type = FileType::regular, std::string_view maker = {});
  Story& file(std::string path, ChangeKind kind);
  /// A regular file with this content, of which size and digest are written down.
  Story& output(std::string path, std::string_view content, ChangeKind kind = ChangeKind::created);
  Story& deleted(std::string path, std::uint64_t size_before = 0);
  Story& validated(std::string path, bool whole);
  Story& out(std::string_view text);

  Story& err(std::string_view text);

  /// The process registered an exit handler, each a millisecond after the one before.
  Story& handler(std::string_view path, std::string name, std::string kind = "atexit");
  /// The thread ran the last handler, or the one of this name, from so many ms on, to its end.
  Story& ran(std::string_view thread, int started_ms, std::string_view name = {});
  /// The thread started the last handler and did not finish it.
  Story& began(std::string_view thread, int started_ms, std::string raised = {});
  /// The process ended without its handlers, by this function.
  Story& way_out(std::string_view path, std::string function);
  Story& sandboxed(std::string_view path);

  /// The recovery run ended so; what it left is what `left` did.
  Story& next(std::string_view wait_status, const Story& left);
  /// A call at this site, as the log of a rich trial has it.
  Story& called(std::string_view site, std::string call, std::string object);

  Story& stopped();  ///< the harness sent the stop
  Story& cut();
  Story& hung(std::string asked_by, std::vector<BlockedTask> tasks = {});
  Story& terminal(std::string changes);

  Evidence evidence;

 private:
  ProcessRecord& record(std::string_view path);
};

/// What three runs without any leftover or finding give, with these outputs.
Baseline clean_baseline(std::vector<std::string> outputs = {});

/// A regular file with this content.
FileChange regular_file(std::string path, std::string_view content, ChangeKind kind = ChangeKind::created);

/// The baseline of three runs like this one.
Baseline three_of(const Story& run, const Scenario& scenario);
Baseline three_of(const Story& run);

/// "app" in /work, without an environment.
Scenario scenario_of(std::vector<std::string> command = {"app"});

/// The opinion of one invariant of all_invariants(), by name.
Opinion opinion_of(std::string_view invariant, const Evidence& evidence, const Contract& contract = {},
                   const Baseline& baseline = clean_baseline());

/// "no-orphans python3" for each violation of a judgement, sorted: invariant and subject.
std::vector<std::string> found(const Evidence& evidence, const Contract& contract = {},
                               const Baseline& baseline = clean_baseline());

}  // namespace exitproof::testing
