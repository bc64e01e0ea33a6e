#include "properties/search/journaled_campaign_testing.hpp"

#include <fmt/format.h>
#include <stdlib.h>  // mkdtemp

#include <optional>

#include "exitproof/journaled_service.hpp"

namespace exitproof::testing {
namespace {

std::vector<SiteRecord> usual_sites() {
  return {quiet_site(1, {"0", "0.1"}),
          call_site("0:open:1", "openat", 1, "/tmp/a"),
          call_site("0:write:1", "write", 2, "/tmp/a"),
          call_site("0:write:2", "write", 3, "/tmp/a"),
          call_site("0:close:1", "close", 4),
          call_site("0.1:write:1", "write", 5, "/tmp/b"),
          call_site("0.1:close:1", "close", 6)};
}

Event passing(const SiteRecord& record) {
  Event event;
  event.kind = EventKind::call;
  event.site = record.site;
  return event;
}

Evidence cleaning_up(const TrialRequest& request) {
  Evidence trial = struck_run(request.plan);
  trial.faults.front().landing = Landing::caught;
  trial.processes.front().end = trial.root_end = WaitStatus::exited(1);
  if (!request.sites) return trial;
  const SiteRecord unlink = call_site("0:unlink:1", "unlink", 7, "/tmp/a");
  const SiteRecord rmdir = call_site("0:unlink:2", "rmdir", 8, "/tmp/dir");
  trial.sites = usual_sites();
  trial.sites.push_back(unlink);
  trial.sites.push_back(rmdir);
  Event fired;
  fired.kind = EventKind::fault;
  trial.events = {fired, passing(unlink), passing(rmdir)};
  return trial;
}

Evidence orphaning(const FaultPlan& plan, const std::string& command) {
  Evidence trial = orphaning_run(plan);
  trial.processes.at(1).command = command;
  return trial;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "exitproof-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for a test: " + name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Evidence lively(const TrialRequest& request) {
  const FaultPlan& plan = request.plan;
  if (plan.faults.empty()) {
    Evidence run = clean_run(usual_sites());
    run.plan = plan;
    return run;
  }
  const bool in_child = plan.faults.front().print().find("@0.1:") != std::string::npos;
  const bool kills_second = plan.faults.size() == 2 && plan.faults.back().action == Action::kill;
  if (plan.faults.size() > 2) return orphaning(plan, "grandchild");
  if (in_child || kills_second) return orphaning(plan, in_child ? "child" : "helper");
  return plan.faults.size() == 1 && plan.faults.front().action == Action::ctrl_c ? cleaning_up(request)
                                                                                 : struck_run(plan);
}

std::vector<const JournalRecords*> pointers_to(const std::vector<JournalRecords>& journals) {
  std::vector<const JournalRecords*> pointers;
  for (const JournalRecords& journal : journals) pointers.push_back(&journal);
  return pointers;
}

SearchOptions all_ways_to_search() {
  SearchOptions options;
  options.explore = Explore::both;
  options.faults.kinds = parse_fault_kinds("kill,ctrl-c");
  options.second_plans = 200;
  options.max_trials = 150;
  options.seed = 42;
  options.now = [] { return std::chrono::steady_clock::time_point(); };
  return options;
}

JournalHead head_of(const SearchOptions& options) {
  JournalHead head;
  head.tool = "exitproof 0.0";
  head.scenario.command = {"prog"};
  head.search = options;
  return head;
}

std::string story(const CampaignResult& result) {
  std::string text = fmt::format("{} planned, {} total, {} held, {} violated, {} flaky, {} sites\n",
                                 result.trials.planned, result.trials.total, result.trials.held, result.trials.violated,
                                 result.trials.flaky, result.sites_tried);
  for (const Finding& finding : result.findings) {
    text += fmt::format("{}: {} in {}, {} of {}: {}\n", finding.signature, finding.plan.print(), finding.trials,
                        finding.same, finding.replayed, finding.violation.detail);
  }
  for (const CountedNote& note : result.notes) text += fmt::format("{} in {}\n", note.note.detail, note.trials);
  for (const Skip& skip : result.skipped) text += fmt::format("skipped {}: {}\n", skip.check, skip.why);
  if (result.second) {
    text += fmt::format("second: {} reactions, {} looked at, {} followed, {} plans, {} planned, {} tried\n",
                        result.second->reactions, result.second->looked_at, result.second->followed,
                        result.second->plans, result.second->planned, result.second->tried);
  }
  for (const auto& [kind, count] : result.statistics.by_kind) {
    text += fmt::format("{}: {} faults, {} fired, {} violated\n", kind, count.faults, count.fired, count.violated);
  }
  return text + fmt::format("drawn {}, {} violated, {} runs for simpler plans\n", result.statistics.drawn,
                            result.statistics.drawn_violated, result.statistics.shrink_runs);
}

CampaignResult journaled(TrialService& trials, const std::vector<JournalRecords>& journals, const std::string& file,
                         const SearchOptions& options) {
  std::optional<JournalWriter> writer;
  if (!file.empty()) writer.emplace(file, head_of(options));
  JournaledService service(trials, pointers_to(journals), writer ? &*writer : nullptr);
  CampaignListener nobody;
  CampaignResult result = run_campaign(service, head_of(options).scenario, options, nobody);
  if (writer && !result.interrupted) writer->write(JournalEnd{.out_of_time = result.out_of_time});
  return result;
}

}  // namespace exitproof::testing
