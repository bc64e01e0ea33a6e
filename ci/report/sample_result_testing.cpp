#include "ci/report/sample_result_testing.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace exitproof::testing {
namespace {

SiteRecord site(const std::string& address, const std::string& call, const std::string& object) {
  SiteRecord record;
  record.site = Site::parse(address);
  record.command = "prog";
  record.call = call;
  record.object = object;
  record.phase = Phase::work;
  record.alive = {ProcessPath::root()};
  return record;
}

Finding orphan_finding() {
  Finding finding;
  finding.violation = {.invariant = "no-orphans",
                       .process = ProcessPath::parse("0.1"),
                       .command = "python3",
                       .subject = "python3",
                       .detail = "python3 (0.1) was still alive 2s after the root's end",
                       .manner = Manner::sigkill};
  finding.kind = FaultKind::kill;
  finding.plan = FaultPlan::parse("kill@0:rename:1:after");
  finding.struck = FaultRecord{};
  finding.struck->fault = finding.plan.faults.front();
  finding.struck->fired = true;
  finding.struck->call = "renameat2";
  finding.struck->object = "/tmp/a -> /tmp/b";
  finding.struck->stack = {{"/lib/libc.so.6", 0x10, "rename", "", 0}, {"/usr/bin/prog", 0x20, "save", "prog.cpp", 12}};
  finding.struck_process = "prog (0)";
  finding.struck_executable = "/usr/bin/prog";
  finding.trials = 3;
  finding.replayed = 5;
  finding.same = 5;
  return finding;
}

Finding flaky_finding() {
  Finding finding;
  finding.violation = {.invariant = "no-leftovers",
                       .process = ProcessPath::root(),
                       .command = "prog",
                       .subject = "/tmp/tmp.*",
                       .detail = "/tmp/tmp.x7Yk2 was left",
                       .manner = Manner::caught_signal};
  finding.kind = FaultKind::ctrl_c;
  finding.plan = FaultPlan::parse("ctrl-c@quiet:2");
  finding.trials = 1;
  finding.replayed = 5;
  finding.same = 2;
  return finding;
}

Finding blocked_finding() {
  Finding finding;
  finding.violation = {.invariant = "restarts",
                       .process = ProcessPath::root(),
                       .command = "prog",
                       .subject = "/run/prog.lock",
                       .detail = "prog (0) was ended by SIGKILL, and the next run fails: it ended with exit 1",
                       .manner = Manner::sigkill,
                       .recovery = Recovery::blocked};
  finding.kind = FaultKind::kill;
  finding.plan = FaultPlan::parse("kill@0:quiet:1");
  finding.trials = 2;
  finding.replayed = 5;
  finding.same = 5;
  return finding;
}

Finding fault_free_finding() {
  Finding finding;
  finding.violation.invariant = "no-zombies";
  finding.violation.command = "gzip";
  finding.violation.subject = "gzip";
  finding.violation.detail = "gzip (0.3) was a zombie for 400 ms";
  finding.trials = 3;
  finding.replayed = 3;
  finding.same = 3;
  return finding;
}

}  // namespace

CampaignResult sample_result() {
  CampaignResult result;
  result.seed = 18446744073709551615U;
  result.survey.messages = {"this subject waits; stopping it with SIGTERM"};
  result.survey.runs.resize(3);
  result.survey.runs.front() = sample_trial();
  result.catalog.stable = {site("quiet:1", "", ""), site("0:rename:1", "renameat2", "/tmp/a -> /tmp/b")};
  result.catalog.unstable = {site("0:write:7", "write", "/tmp/a")};
  result.catalog.classes = {{.members = {0}, .chosen = {0}}, {.members = {1}, .chosen = {1}}};
  result.sites_tried = 2;
  result.trials = {
      .planned = 120, .total = 12, .held = 6, .violated = 3, .not_exercised = 1, .flaky = 1, .harness_error = 1};
  result.findings = {fault_free_finding(), orphan_finding(), flaky_finding(), blocked_finding()};
  Note note{.invariant = "no-zombies", .process = {}, .command = "sh", .subject = "sh", .detail = "sh was reaped late"};
  Note recovered{.invariant = "no-leftovers",
                 .process = ProcessPath::root(),
                 .command = "prog",
                 .subject = "/tmp/prog.*",
                 .detail = "recovered: /tmp/prog.4711 is left after prog (0) was ended by SIGKILL",
                 .recovery = Recovery::recovered};
  result.notes = {
      {.note = note, .kind = FaultKind::signals, .plan = FaultPlan::parse("SIGTERM@0:quiet:1"), .trials = 2},
      {.note = recovered, .kind = FaultKind::kill, .plan = FaultPlan::parse("kill@0:write:1"), .trials = 1}};
  result.skipped = {{"no-leftovers", "/mnt/x cannot be covered"}, {"no-leftovers", "/mnt/y cannot be covered"}};
  result.harness_errors = {"the worker ended with SIGKILL"};
  result.statistics.by_kind = {{"kill", {.faults = 9, .fired = 8, .violated = 3, .held = 4}},
                               {"ctrl-c", {.faults = 3, .fired = 3, .violated = 1, .held = 2}}};
  result.statistics.by_target = {{"prog", {.faults = 9, .fired = 8, .violated = 3, .held = 4}},
                                 {"the terminal", {.faults = 3, .fired = 3, .violated = 1, .held = 2}}};
  result.statistics.by_phase = {{"work", {.faults = 12, .fired = 11, .violated = 4, .held = 6}}};
  result.statistics.not_fired = {{"0 made fewer `write` calls before it ended", 1}};
  result.statistics.drawn = 300;
  result.statistics.shrink_runs = 17;
  result.second = {.reactions = 9, .looked_at = 8, .followed = 8, .plans = 70, .planned = 60, .tried = 50};
  const auto regression = [](const char* plan) {
    return Regression{.plan = FaultPlan::parse(plan), .invariant = "no-orphans", .command = "python3"};
  };
  result.regressions = {{.regression = regression("kill@0:rename:1:after"), .state = RegressionState::fails},
                        {.regression = regression("kill@0:open:1"), .state = RegressionState::holds},
                        {.regression = regression("kill@0:open:7"),
                         .state = RegressionState::gone,
                         .why = "0 made fewer `open` calls before it ended"}};
  return result;
}

ReportContext sample_context() {
  ReportContext context;
  context.tool = "exitproof 0.1.0";
  context.kernel = "Linux 6.18.0";
  context.scenario_options = {"--grace", "5s", "--drive", "curl -s 'localhost:80'"};
  context.command = {"./prog", "two words", ""};
  return context;
}

Evidence sample_trial() {
  Evidence evidence;
  evidence.plan = FaultPlan::parse("kill@0:rename:1");
  ProcessRecord root;
  root.pid = 10;
  root.command = "prog";
  root.argv = {"./prog", "two words"};
  root.died = Micros{1'100};
  root.end = WaitStatus::killed(SIGKILL);
  root.struck = true;
  ProcessRecord child;
  child.path = ProcessPath::root().child(1);
  child.maker = ProcessPath::root();
  child.command = "helper";
  child.argv = {"helper"};
  child.born = Micros{900};
  evidence.processes = {root, child};

  const ProcessPath zero = ProcessPath::root();
  const auto add = [&](int at, EventKind kind, const ProcessPath& who, const std::string& call,
                       const std::string& object, std::int64_t result = 0) {
    evidence.events.push_back(
        {.at = Micros{at}, .kind = kind, .who = who, .call = call, .object = object, .result = result, .site = {}});
  };
  add(0, EventKind::birth, zero, "", "");
  add(10, EventKind::phase, zero, "", "start");
  for (int i = 0; i < 20; ++i) add(100 + i, EventKind::call, zero, "write", "/tmp/a");
  add(900, EventKind::birth, child.path, "", "0");
  add(950, EventKind::call, zero, "openat", "/tmp/b");
  add(960, EventKind::call_end, zero, "openat", "/tmp/b", -2);
  add(1'000, EventKind::fault, zero, "renameat2", "kill@0:rename:1");
  add(1'100, EventKind::death, zero, "", "SIGKILL");

  FaultRecord record;
  record.fault = evidence.plan.faults.front();
  record.fired = true;
  record.at = Micros{1'000};
  record.at_thread = zero;
  record.landing = Landing::death;
  record.call = "renameat2";
  record.object = "/tmp/a -> /tmp/b";
  record.stack = {{"/usr/bin/prog", 0x20, "save", "prog.cpp", 12}, {"/usr/bin/prog", 0x40, "", "", 0}};
  evidence.faults = {record};
  evidence.root_end = root.end;
  evidence.root_ended_at = Micros{1'100};
  Survivor survivor;
  survivor.process = child.path;
  survivor.holds = {"port 127.0.0.1:8080"};
  survivor.blocked = {
      {.who = child.path, .command = "helper", .call = "accept4", .object = "socket", .timed = false, .outside = true}};
  evidence.survivors = {survivor};
  FileChange left;
  left.path = "/tmp/a";
  left.size = 20;
  left.maker = zero;
  FileChange cut = left;
  cut.path = "/etc/prog.conf";
  cut.kind = ChangeKind::changed;
  cut.size_before = 40;
  cut.replaced = true;
  evidence.files = {left, cut};
  evidence.validations = {{.path = "/etc/prog.conf", .whole = false}};
  evidence.trespasses = {{.by = zero, .maker = child.path, .call = "unlink", .path = "/tmp/lock"}};
  NextRun next;
  next.root_end = WaitStatus::exited(1);
  next.took = Micros{5'000};
  next.err.head = "prog: already running\nbye\n";
  next.files = {left};
  evidence.next_run = next;
  return evidence;
}

ReplayResult sample_replay() {
  ReplayResult replay;
  replay.result.trials = {.planned = 3, .total = 3, .held = 2, .violated = 1};
  replay.result.findings = {flaky_finding()};
  replay.shown = sample_trial();
  replay.shown->digest = {.whole = "0123456789abcdef",
                          .by_thread = "fedcba9876543210",
                          .events = 26,
                          .threads = {{ProcessPath::root(), 25, "00"}, {ProcessPath::root().child(1), 1, "11"}}};
  Verification& verification = replay.verification.emplace();
  verification.times = 3;
  verification.same = 1;
  verification.same_by_thread = 2;
  verification.outcomes = {{Verdict::held, {}, 2}, {Verdict::violated, {flaky_finding().violation}, 1}};
  verification.digest = replay.shown->digest;
  verification.first_trial = 1;
  verification.parted_trial = 3;
  verification.tree = replay.shown->processes;
  const std::vector<Event>& events = replay.shown->events;
  Parting& parting = verification.parting.emplace();
  parting.after = 21;
  parting.before = {events[20], events[21]};
  parting.one = {events[23], events[24], events[26]};
  parting.later = {ProcessPath::root().child(1)};
  return replay;
}

Certification sample_certification() {
  Certification certification{.library = "libprog", .version = "1.4", .scenarios = {}};
  ScenarioReport& failing = certification.scenarios.emplace_back();
  failing.name = "save & quit";
  failing.level = "exhaustive+second";
  failing.context = sample_context();
  failing.result = sample_result();
  for (Finding& finding : failing.result.findings) finding.signature = signature(finding.violation, finding.kind);
  failing.result.baseline.ended = true;
  failing.faults = parse_fault_kinds("kill,ctrl-c,hangup");
  Evidence fault_free = sample_trial();
  fault_free.plan = {};
  fault_free.faults.clear();
  failing.evidence = {{"survey-1", fault_free}, {"no-orphans.kill@0:rename:1:after", sample_trial()}};
  failing.evidence["no-orphans.kill@0:rename:1:after"].plan = failing.result.findings[1].plan;
  ScenarioReport& holding = certification.scenarios.emplace_back();
  holding.name = "load";
  holding.level = "smoke";
  holding.context = sample_context();
  holding.result.survey.runs.resize(3);
  holding.result.baseline.ended = true;
  holding.result.trials = {.planned = 12, .total = 12, .held = 12};
  holding.result.statistics.by_kind = {{"full", {.faults = 4, .fired = 4, .held = 4}},
                                       {"enospc", {.faults = 8, .fired = 8, .held = 8}}};
  holding.faults = parse_fault_kinds("enospc");
  return certification;
}

std::string golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(__FILE__).parent_path() / "golden" / name;
  if (std::getenv("EXITPROOF_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
  const std::ifstream file(path);
  if (!file) throw std::runtime_error("no golden file " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace exitproof::testing
