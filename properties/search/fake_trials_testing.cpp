#include "properties/search/fake_trials_testing.hpp"

#include <csignal>

namespace exitproof::testing {

std::vector<std::string> FakeTrials::plans() const {
  std::vector<std::string> plans;
  for (const TrialRequest& request : requests) {
    if (!request.plan.faults.empty()) plans.push_back(request.plan.print());
  }
  return plans;
}

SiteRecord call_site(const std::string& site, const std::string& call, std::uint64_t stack_key,
                     const std::string& object) {
  SiteRecord record;
  record.site = Site::parse(site);
  record.command = "prog";
  record.call = call;
  record.object = object;
  record.regular_file = object.starts_with('/');
  record.stack_key = stack_key;
  record.alive = {std::get<ProcessPath>(*record.site.process).process()};
  return record;
}

SiteRecord quiet_site(std::uint64_t nth, const std::vector<std::string>& alive) {
  SiteRecord record;
  record.site.point = QuietPoint{nth};
  for (const std::string& process : alive) record.alive.push_back(ProcessPath::parse(process));
  return record;
}

Evidence clean_run(std::vector<SiteRecord> sites) {
  Evidence evidence;
  ProcessRecord root;
  root.command = "prog";
  root.end = WaitStatus::exited(0);
  root.died = Micros{2'000};
  ProcessRecord child;
  child.path = ProcessPath::root().child(1);
  child.maker = ProcessPath::root();
  child.command = "child";
  child.end = WaitStatus::exited(0);
  child.died = Micros{1'000};
  child.reaping = Reaping::by_parent;
  child.reaper = ProcessPath::root();
  evidence.processes = {root, child};
  evidence.agents = {{ProcessPath::root(), "preload"}};
  evidence.sites = std::move(sites);
  evidence.root_end = root.end;
  evidence.root_ended_at = Micros{2'000};
  evidence.reached = Phase::gone;
  evidence.took = Micros{3'000};
  return evidence;
}

Evidence run_twice(Evidence run) {
  NextRun next;
  next.root_end = WaitStatus::exited(0);
  next.files = run.files;
  run.next_run = std::move(next);
  return run;
}

Evidence struck_run(const FaultPlan& plan) {
  Evidence evidence = clean_run({});
  evidence.plan = plan;
  for (const Fault& fault : plan.faults) {
    FaultRecord record;
    record.fault = fault;
    record.fired = true;
    record.landing = Landing::death;
    record.struck = {ProcessPath::root()};
    record.at_thread = ProcessPath::root();
    evidence.faults.push_back(record);
  }
  evidence.processes.front().struck = true;
  evidence.processes.front().end = WaitStatus::killed(SIGKILL);
  evidence.root_end = WaitStatus::killed(SIGKILL);
  evidence.end_was_asked = true;
  return evidence;
}

Evidence orphaning_run(const FaultPlan& plan) {
  Evidence evidence = struck_run(plan);
  ProcessRecord& child = evidence.processes.at(1);
  child.end.reset();
  child.died.reset();
  child.reaping = Reaping::unreaped;
  child.reaper.reset();
  Survivor survivor;
  survivor.process = child.path;
  evidence.survivors.push_back(survivor);
  return evidence;
}

Evidence missed_run(const FaultPlan& plan) {
  Evidence evidence = clean_run({});
  evidence.plan = plan;
  for (const Fault& fault : plan.faults) {
    FaultRecord record;
    record.fault = fault;
    record.why_not = "the site was not reached";
    evidence.faults.push_back(record);
  }
  return evidence;
}

Event opens(const std::string& who, const std::string& path) {
  return {.kind = EventKind::call,
          .who = ProcessPath::parse(who),
          .call = "openat",
          .object = path,
          .result = 0,
          .site = {}};
}

Evidence run_of(const std::vector<Event>& events) {
  Evidence evidence;
  evidence.events = events;
  return evidence;
}

}  // namespace exitproof::testing
