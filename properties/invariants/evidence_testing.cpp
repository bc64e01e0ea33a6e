#include "properties/invariants/evidence_testing.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <variant>

namespace exitproof::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

Story::Story(std::string command) {
  evidence.root_end = WaitStatus::exited(0);
  evidence.root_ended_at = seconds(1);
  evidence.took = seconds(1);
  evidence.reached = Phase::gone;
  process("0", std::move(command));
  evidence.agents.push_back({ProcessPath::root(), "preload"});
}

ProcessRecord& Story::record(std::string_view path) {
  const ProcessPath wanted = ProcessPath::parse(path);
  const auto found = std::ranges::find(evidence.processes, wanted, &ProcessRecord::path);
  if (found == evidence.processes.end()) throw std::out_of_range("no process " + std::string(path));
  return *found;
}

Story& Story::process(std::string_view path, std::string command) {
  ProcessRecord process;
  process.path = ProcessPath::parse(path);
  process.maker = process.path.parent();
  process.pid = 10 + static_cast<int>(evidence.processes.size());
  process.command = std::move(command);
  process.died = seconds(1);
  process.end = WaitStatus::exited(0);
  process.reaping = Reaping::by_parent;
  evidence.processes.push_back(std::move(process));
  return *this;
}

Story& Story::ended(std::string_view path, std::string_view wait_status) {
  ProcessRecord& process = record(path);
  process.end = WaitStatus::parse(wait_status);
  if (process.path.is_root()) evidence.root_end = process.end;
  return *this;
}

Story& Story::alive(std::string_view path) {
  ProcessRecord& process = record(path);
  process.end.reset();
  process.died.reset();
  process.reaping = Reaping::unreaped;
  if (process.path.is_root()) evidence.root_end.reset();
  return *this;
}

Story& Story::reaping(std::string_view path, Reaping reaping) {
  record(path).reaping = reaping;
  return *this;
}

Story& Story::fault(std::string_view fault, const std::vector<std::string>& struck, Landing landing) {
  FaultRecord entry;
  entry.fault = Fault::parse(fault);
  entry.fired = true;
  entry.landing = landing;
  for (const std::string& path : struck) {
    entry.struck.push_back(ProcessPath::parse(path));
    record(path).struck = true;
  }
  evidence.plan.faults.push_back(entry.fault);
  evidence.faults.push_back(std::move(entry));
  evidence.end_was_asked = true;
  return *this;
}

Story& Story::unfired(std::string_view fault, std::string why_not) {
  FaultRecord entry;
  entry.fault = Fault::parse(fault);
  entry.why_not = std::move(why_not);
  evidence.plan.faults.push_back(entry.fault);
  evidence.faults.push_back(std::move(entry));
  return *this;
}

Story& Story::survivor(std::string_view path, Survivor as) {
  alive(path);
  as.process = ProcessPath::parse(path);
  evidence.survivors.push_back(std::move(as));
  return *this;
}

Story& Story::survivor(std::string_view path) {
  return survivor(path, Survivor{});
}

Story& Story::transient(std::string_view path, Micros ended_after) {
  record(path).reaping = Reaping::by_init;
  Survivor survivor;
  survivor.process = ProcessPath::parse(path);
  survivor.ended_after = ended_after;
  evidence.survivors.push_back(std::move(survivor));
  return *this;
}

Story& Story::zombie(std::string_view path, Micros unreaped_for) {
  record(path).reaping = Reaping::unreaped;
  const ProcessPath process = ProcessPath::parse(path);
  evidence.zombies.push_back({process, process.parent().value(), unreaped_for, false, std::nullopt});
  return *this;
}

Story& Story::zombie_at_end(std::string_view path, Micros unreaped_for) {
  zombie(path, unreaped_for);
  record(path).reaping = Reaping::by_init;
  evidence.zombies.back().at_parents_end = true;
  return *this;
}

Story& Story::late_reap(std::string_view path, Micros unreaped_for) {
  zombie(path, unreaped_for);
  record(path).reaping = Reaping::by_parent;
  evidence.zombies.back().reaped_after = unreaped_for;
  return *this;
}

Story& Story::file(std::string path, FileType type, std::string_view maker) {
  file(std::move(path), ChangeKind::created);
  FileChange& change = evidence.files.back();
  change.type = type;
  if (!maker.empty()) change.maker = ProcessPath::parse(maker);
  return *this;
}

Story& Story::file(std::string path, ChangeKind kind) {
  FileChange change;
  change.path = std::move(path);
  change.kind = kind;
  evidence.files.push_back(std::move(change));
  return *this;
}

Story& Story::output(std::string path, std::string_view content, ChangeKind kind) {
  evidence.files.push_back(regular_file(std::move(path), content, kind));
  return *this;
}

Story& Story::deleted(std::string path, std::uint64_t size_before) {
  file(std::move(path), ChangeKind::deleted);
  evidence.files.back().size_before = size_before;
  return *this;
}

Story& Story::validated(std::string path, bool whole) {
  evidence.validations.push_back({std::move(path), whole});
  return *this;
}

Story& Story::out(std::string_view text) {
  evidence.out = {text.size(), "digest of " + std::string(text), std::string(text)};
  return *this;
}

Story& Story::err(std::string_view text) {
  evidence.err = {text.size(), "digest of " + std::string(text), std::string(text)};
  return *this;
}

Story& Story::handler(std::string_view path, std::string name, std::string kind) {
  Handler handler;
  handler.registrar = ProcessPath::parse(path);
  handler.number = evidence.handlers.size() + 1;
  handler.kind = std::move(kind);
  handler.name = std::move(name);
  handler.registered = milliseconds(handler.number);
  evidence.handlers.push_back(std::move(handler));
  return *this;
}

Story& Story::ran(std::string_view thread, int started_ms, std::string_view name) {
  const auto found =
      name.empty() ? std::prev(evidence.handlers.end()) : std::ranges::find(evidence.handlers, name, &Handler::name);
  if (found == evidence.handlers.end()) throw std::out_of_range("no handler " + std::string(name));
  HandlerRun run;
  run.thread = ProcessPath::parse(thread);
  run.started = milliseconds(started_ms);
  run.finished = run.started + milliseconds(1);
  run.changed_something = true;
  found->runs.push_back(std::move(run));
  return *this;
}

Story& Story::began(std::string_view thread, int started_ms, std::string raised) {
  ran(thread, started_ms);
  HandlerRun& run = evidence.handlers.back().runs.back();
  run.finished.reset();
  run.raised = std::move(raised);
  return *this;
}

Story& Story::way_out(std::string_view path, std::string function) {
  record(path).way_out = std::move(function);
  return *this;
}

Story& Story::sandboxed(std::string_view path) {
  record(path).sandboxed = milliseconds(500);
  return *this;
}

Story& Story::next(std::string_view wait_status, const Story& left) {
  NextRun next;
  next.root_end = WaitStatus::parse(wait_status);
  next.stopped_by_harness = left.evidence.stopped_by_harness;
  next.files = left.evidence.files;
  next.validations = left.evidence.validations;
  next.took = seconds(1);
  evidence.next_run = std::move(next);
  return *this;
}

Story& Story::called(std::string_view site, std::string call, std::string object) {
  Event event;
  event.kind = EventKind::call;
  event.site = Site::parse(site);
  event.who = std::get<ProcessPath>(event.site->process.value());
  event.call = std::move(call);
  event.object = std::move(object);
  evidence.events.push_back(std::move(event));
  return *this;
}

Story& Story::stopped() {
  evidence.stopped_by_harness = true;
  evidence.end_was_asked = true;
  return *this;
}

Story& Story::cut() {
  evidence.cut_by_harness = true;
  return alive("0");
}

Story& Story::hung(std::string asked_by, std::vector<BlockedTask> tasks) {
  alive("0");
  evidence.hang = Hang{.at_once = false,
                       .blocked_for = seconds(30),
                       .skipped = Micros{0},
                       .tasks = std::move(tasks),
                       .asked_by = std::move(asked_by)};
  evidence.end_was_asked = true;
  return *this;
}

Story& Story::terminal(std::string changes) {
  evidence.terminal_changes = std::move(changes);
  return *this;
}

FileChange regular_file(std::string path, std::string_view content, ChangeKind kind) {
  FileChange file;
  file.path = std::move(path);
  file.kind = kind;
  file.size = content.size();
  file.digest = "digest of " + std::string(content);
  file.ends_line = content.empty() || content.ends_with('\n');
  return file;
}

Baseline three_of(const Story& run, const Scenario& scenario) {
  const std::vector<Evidence> surveys(3, run.evidence);
  return make_baseline(surveys, scenario);
}

Baseline three_of(const Story& run) {
  return three_of(run, scenario_of());
}

Baseline clean_baseline(std::vector<std::string> outputs) {
  Baseline baseline;
  baseline.runs = 3;
  baseline.root_end = WaitStatus::exited(0);
  baseline.out = OutputStream{};
  std::ranges::sort(outputs);
  baseline.outputs = std::move(outputs);
  return baseline;
}

Scenario scenario_of(std::vector<std::string> command) {
  Scenario scenario;
  scenario.command = std::move(command);
  scenario.working_directory = "/project";
  return scenario;
}

Opinion opinion_of(std::string_view invariant, const Evidence& evidence, const Contract& contract,
                   const Baseline& baseline) {
  const auto all = all_invariants();
  const auto found = std::ranges::find(all, invariant, &Invariant::name);
  if (found == all.end()) throw std::out_of_range("no invariant " + std::string(invariant));
  return found->judge(evidence, contract, baseline);
}

std::vector<std::string> found(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  std::vector<std::string> names;
  for (const Violation& violation : judge(evidence, contract, baseline).violations) {
    names.push_back(violation.invariant + " " + violation.subject);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace exitproof::testing
