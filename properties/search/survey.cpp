#include "exitproof/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "exitproof/fault_free_end.hpp"
#include "properties/search/idle_globs.hpp"
#include "properties/search/trial_template.hpp"

namespace exitproof {
namespace {

constexpr unsigned attempts_per_run = 2;
constexpr int deadline_factor = 5;

TrialRequest survey_request(const SurveyOptions& options) {
  TrialRequest request;
  request.decide_waiting = true;
  request.classes = default_survey_classes();  // who takes whose files away is seen only so
  request.events = true;                       // and who makes which output
  request.next_run = options.next_runs ? NextRunWhen::always : NextRunWhen::never;
  if (options.sites) {
    request.sites = true;
    request.stacks = true;
  }
  return request;
}

/// Runs until `survey.runs` holds `wanted` of them, or until it cannot. `name` is for the service; of runs with one
/// name those that were begun first stand first, whatever order they end in.
void run_until(TrialService& service, Survey& survey, const TrialRequest& request, std::size_t wanted,
               const std::string& name) {
  std::map<TrialService::Ticket, Evidence> runs;
  TrialService::Ticket due = 0;
  unsigned failures = 0;
  const auto submit = [&] {
    service.announce(fmt::format("fault-free {} {}", name, due + 1));
    service.submit(due++, request);
  };
  std::size_t missing = wanted - survey.runs.size();
  for (std::size_t i = 0; i < missing; ++i) submit();
  while (missing > 0) {
    std::optional<TrialService::Answer> answer = service.next();
    if (!answer) {
      survey.interrupted = true;
      break;
    }
    if (!answer->evidence.harness_error) {
      runs.emplace(answer->ticket, std::move(answer->evidence));
      --missing;
    } else if (++failures < attempts_per_run) {
      submit();
    } else {
      if (!survey.refusal) survey.refusal = answer->evidence.harness_error;
      --missing;  // the answers still due are collected, so that the service is idle afterwards
    }
  }
  for (auto& [ticket, run] : runs) survey.runs.push_back(std::move(run));
}

void learn_the_stop(Survey& survey, const Evidence& run) {
  if (run.stopped_by_harness && !survey.scenario.stop) {
    survey.scenario.stop = StopBy{.kind = StopBy::Kind::signal, .signal = SIGTERM, .command = {}};
    survey.messages.push_back("this subject waits; stopping it with SIGTERM");
  }
}

void learn_the_cut(const Evidence& run, TrialRequest& request) {
  if (!run.cut_by_harness) return;
  request.cut_after_sites = run.sites.size();
  request.next_run = NextRunWhen::never;
}

std::size_t count_cut(const Survey& survey) {
  return static_cast<std::size_t>(std::ranges::count_if(survey.runs, &Evidence::cut_by_harness));
}

void keep_those_that_ended(Survey& survey, std::size_t cut) {
  const std::string message = fmt::format(
      "{} of {} fault-free runs did not end within {}; trials are compared with the others, and how they end when they "
      "take that long is not known",
      cut, survey.runs.size(), print_duration(survey.scenario.timeout));
  std::erase_if(survey.runs, [](const Evidence& run) { return run.cut_by_harness; });
  survey.messages.push_back(message);
}

// Of runs some of which end, those that do are whole: what they leave is known, and the others say nothing against it.
void replace_cut_runs(TrialService& service, Survey& survey, const SurveyOptions& options, TrialRequest& request) {
  if (survey.interrupted || count_cut(survey) == 0 || count_cut(survey) == survey.runs.size()) return;
  const auto is_whole = [&](const Evidence& run) {
    return !run.cut_by_harness && (run.next_run.has_value() || !options.next_runs);
  };
  const std::size_t wanted = survey.runs.size();
  const auto whole = static_cast<std::size_t>(std::ranges::count_if(survey.runs, is_whole));
  request.cut_after_sites = 0;
  request.next_run = survey_request(options).next_run;
  run_until(service, survey, request, survey.runs.size() + wanted - whole, "whole run");
  const std::size_t cut = count_cut(survey);
  if (!survey.interrupted && survey.runs.size() - cut >= 2) keep_those_that_ended(survey, cut);
}

void say_that_runs_are_cut(Survey& survey) {
  if (count_cut(survey) == 0) return;
  survey.messages.push_back(fmt::format(
      "this subject did not end within {}: its fault-free runs are cut, and what a whole run leaves is not known; if "
      "it waits to be stopped, say how with --stop, and if it only takes longer, give it a longer --timeout",
      print_duration(survey.scenario.timeout)));
}

// A trial of a subject that is slow without any fault is not late: the deadline is five times what that takes at least.
void learn_the_deadline(Survey& survey, bool some_were_cut) {
  if (survey.runs.empty() || count_cut(survey) != 0) return;
  Micros longest = some_were_cut ? Micros(survey.scenario.timeout) : Micros(0);
  for (const Evidence& run : survey.runs) longest = std::max(longest, run.root_end ? run.root_ended_at : run.took);
  const auto deadline = std::chrono::duration_cast<Millis>(longest * deadline_factor);
  survey.scenario.timeout = std::max(survey.scenario.timeout, deadline);
}

// In the fault-free runs that were made in real time.
void propose_virtual_time(Survey& survey) {
  constexpr int worth_percent = 30;
  Micros waited{0};
  Micros took{0};
  for (const Evidence& run : survey.runs) {
    waited += run.blocked_on_timers;
    took += run.root_end ? run.root_ended_at : run.took;
  }
  const auto percent = took.count() == 0 ? 0 : waited * 100 / took;
  if (survey.scenario.time_mode == TimeMode::real && percent > worth_percent) {
    survey.messages.push_back(
        fmt::format("the fault-free runs spent {} % of their time waiting for clocks: --time-mode virtual, in a "
                    "manifest time-mode = "
                    "\"virtual\", does not wait",
                    percent));
  }
}

void learn_the_network(Survey& survey, const Evidence& run) {
  survey.scenario.fresh_network = survey.scenario.own_network && (survey.scenario.fresh_network || run.bound_a_socket);
}

bool same_state(const FileChange& a, const FileChange& b) {
  return state_of(a) == state_of(b);
}

bool ended_alike(const Evidence& a, const Evidence& b) {
  return a.root_end == b.root_end && a.out.digest == b.out.digest && std::ranges::equal(a.files, b.files, same_state);
}

bool shows_anything(const std::vector<FileChange>& files, const OutputStream& out, const OutputStream& err) {
  return !files.empty() || out.bytes != 0 || err.bytes != 0;
}

/// Whether anything of it could differ from what a run in another second of the clock leaves or writes.
bool may_show_the_time(const Evidence& run) {
  return shows_anything(run.files, run.out, run.err) ||
         (run.next_run && shows_anything(run.next_run->files, run.next_run->out, run.next_run->err));
}

// Before the first run nobody knows what it will change, so that nothing lies copied up: it may have seen what no
// later run will see, as the old content in a mapping of a file that is written to. Or it is odd since it was the only
// one in its second of the clock: the run in its place must not share that of the others.
void replace_an_odd_first_run(TrialService& service, Survey& survey, const TrialRequest& request,
                              const SurveyOptions& options) {
  const bool copies_up = survey.scenario.world == WorldKind::overlay;
  const bool comparable =
      copies_up && survey.runs.size() > 1 && !survey.runs.front().cut_by_harness && !survey.interrupted;
  if (comparable && !request.copy_up.empty() && !ended_alike(survey.runs[0], survey.runs[1])) {
    const std::size_t wanted = survey.runs.size();
    survey.runs.erase(survey.runs.begin());
    if (options.in_another_second) options.in_another_second();
    run_until(service, survey, request, wanted, "run in place of the first");
  }
}

// In a run of its own: so many calls more would change the sites of the others.
void look_at_what_is_used(TrialService& service, Survey& survey, const std::vector<std::string>& copy_up) {
  TrialRequest request;
  request.decide_waiting = true;
  request.events = true;
  request.classes.set(static_cast<std::size_t>(CallClass::read));
  request.copy_up = copy_up;
  Survey looked;
  looked.scenario = survey.scenario;
  run_until(service, looked, request, 1, "run for what it reads");
  survey.interrupted = survey.interrupted || looked.interrupted;
  std::set<std::string> files;
  for (const Evidence& run : looked.runs) {
    for (const Event& event : run.events) {
      const bool names_file = event.kind == EventKind::exec || event.kind == EventKind::call;
      if (names_file && event.object.starts_with('/')) files.insert(event.object);
    }
  }
  survey.used_files.assign(files.begin(), files.end());
}

/// A subject that fails before it does anything would pass for one that withstands every fault.
void say_how_it_fails(Survey& survey) {
  for (const FaultFreeEnd& end : fault_free_ends(survey.runs, survey.scenario)) {
    if (!end.is_usual()) survey.messages.push_back(describe_end(end, survey.runs.size()));
  }
}

}  // namespace

void await_next_second() {
  constexpr Millis coarse_clock_is_behind{15};  // that of time(2) and of files, by a tick of 10 ms at most
  const auto now = std::chrono::system_clock::now();
  std::this_thread::sleep_until(std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(1) +
                                coarse_clock_is_behind);
}

Survey take_survey(TrialService& service, Scenario scenario, const SurveyOptions& options) {
  Survey survey;
  survey.scenario = std::move(scenario);
  TrialRequest request = survey_request(options);
  service.set_scenario(survey.scenario);
  run_until(service, survey, request, 1, "first run");
  if (survey.runs.empty()) return survey;

  const Evidence& first = survey.runs.front();
  const Scenario before = survey.scenario;
  learn_the_stop(survey, first);
  learn_the_cut(first, request);
  learn_the_network(survey, first);
  if (survey.scenario != before) service.set_scenario(survey.scenario);

  const bool two_are_enough = options.two_runs_from && first.took - first.skipped_time >= *options.two_runs_from;
  request.copy_up = to_be_copied_up(survey.runs);
  const unsigned wanted = two_are_enough ? std::min(options.runs, 2U) : options.runs;
  if (wanted > 1 && options.in_another_second && may_show_the_time(first)) options.in_another_second();
  run_until(service, survey, request, std::max(wanted, 1U), "run");
  const bool some_were_cut = count_cut(survey) != 0;
  replace_cut_runs(service, survey, options, request);
  say_that_runs_are_cut(survey);
  replace_an_odd_first_run(service, survey, request, options);
  const Millis timeout = survey.scenario.timeout;
  learn_the_deadline(survey, some_were_cut);
  if (survey.scenario.timeout != timeout) service.set_scenario(survey.scenario);
  if (survey.runs.empty()) return survey;
  propose_virtual_time(survey);
  Evidence& told = survey.runs.front();
  if (some_were_cut && count_cut(survey) == 0) told.skipped.push_back("fault-free runs: " + survey.messages.back());
  std::ranges::move(idle_globs(survey.runs, survey.scenario.contract), std::back_inserter(told.skipped));
  say_how_it_fails(survey);
  if (options.reads && !survey.interrupted) look_at_what_is_used(service, survey, request.copy_up);
  return survey;
}

}  // namespace exitproof
