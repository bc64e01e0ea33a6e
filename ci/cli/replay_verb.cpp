#include <fmt/format.h>

#include <memory>
#include <optional>

#include "ci/cli/command_line.hpp"
#include "ci/cli/evidence_folder.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/standard_descriptors.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/console.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/timeline.hpp"
#include "ci/report/verification_report.hpp"
#include "exitproof/enumerate.hpp"
#include "exitproof/rate.hpp"
#include "exitproof/replay.hpp"
#include "exitproof/scheduled_service.hpp"
#include "exitproof/seed.hpp"

namespace exitproof::cli {
namespace {

struct ReplayVerbOptions {
  ScenarioOptions scenario;
  std::string plan;
  std::string times;
  bool verify = false;
  std::string schedule = "free";
  std::string seed;
  std::string jobs;
  std::string json;
  std::string evidence;
};

constexpr unsigned times_to_verify = 2;

unsigned wanted_times(const ReplayVerbOptions& options) {
  if (options.times.empty()) return options.verify ? times_to_verify : 1;
  if (!options.verify) return count_value("--times", options.times, {});
  return count_value("--times", options.times, {.least = times_to_verify, .why = "--verify compares one with others"});
}

FaultPlan wanted_plan(const std::string& text) {
  FaultPlan plan;
  try {
    plan = FaultPlan::parse(text);
  } catch (const ParseError& error) {
    throw malformed("the plan", text, error);
  }
  return plan;
}

std::string describe_verdict(const ReplayResult& replay, const FaultPlan& plan, const Paint& paint) {
  const Tally& tally = replay.result.trials;
  std::string text = paint.bold("verdict") + '\n';
  for (const Finding& finding : replay.result.findings) {
    text += fmt::format("  {}: {}\n", paint.red(finding.violation.invariant), plain_line(finding.violation.detail));
    if (finding.plan != plan) text += fmt::format("    under the plan {}\n", finding.plan.print());
    if (tally.total > 1) {
      text +=
          fmt::format("    {}{}\n", finding.flaky() ? "FLAKY, in " : "in ", rate_words(finding.same, finding.replayed));
    }
  }
  for (const Note& note : replay.notes) text += fmt::format("  {}\n", describe_note(note));
  for (const std::string& error : replay.result.harness_errors)
    text += fmt::format("  harness error: {}\n", plain_line(error));
  if (tally.total <= 1) return text + fmt::format("  {}\n", verdict_name(replay.verdict));
  text += fmt::format("  {} replays: {} violated, {} held, {} not exercised", tally.total, tally.violated, tally.held,
                      tally.not_exercised);
  if (tally.not_ended > 0) text += fmt::format(" ({} of them had not ended)", tally.not_ended);
  if (tally.harness_error > 0) text += fmt::format(", {} harness errors", tally.harness_error);
  return text + '\n';
}

ReplayResult run(TrialService& service, const Scenario& scenario, const ReplayOptions& options,
                 std::optional<std::uint64_t> schedules) {
  if (!schedules) return run_replay(service, scenario, options);
  // A race that the one order of a scheduled survey shows would be no violation beyond it.
  ScheduledService scheduled(service, *schedules, false);
  return run_replay(scheduled, scenario, options);
}

int execute(const ReplayVerbOptions& options, const Invocation& invocation) {
  Scenario scenario = options.scenario.scenario(invocation.context.command);
  ReplayOptions replay_options;
  replay_options.in_another_second = await_next_second;
  replay_options.plan = wanted_plan(options.plan);
  replay_options.times = wanted_times(options);
  replay_options.verify = options.verify;
  std::optional<std::uint64_t> schedules;
  if (seeded_value(options.schedule)) {
    schedules = options.seed.empty() ? fresh_seed() : number_value("--seed", options.seed, 0);
  }
  const std::string choice = settle_world(options.scenario.leave_world_open(), scenario);
  const unsigned workers = std::min(worker_count(options.jobs, scenario), std::max(replay_options.times, 1U));
  Interrupts interrupts;
  Output output(interrupts);
  const JsonFile json(options.json, output);
  const EvidenceFolder folder(options.evidence);
  output.print(choice);
  output.show_progress("replaying");
  ReplayResult replay;
  {
    WorkerPool pool(pool_options(workers, interrupts));
    replay = run(pool, scenario, replay_options, schedules);
  }
  output.clear_progress();
  if (replay.result.survey.refusal) complain(*replay.result.survey.refusal);
  for (const std::string& message : replay.result.survey.messages) output.print(plain_line(message) + '\n');
  if (replay.shown) {
    folder.keep("replay." + replay_options.plan.print(), *replay.shown);
    output.print(describe_timeline(*replay.shown, {.calls_around_fault = 12, .paint = output.paint()}));
    output.print(describe_verdict(replay, replay_options.plan, output.paint()));
    if (replay.verification) output.print(describe_verification(*replay.verification, output.paint()));
    output.print(describe_skips(replay.result.skipped));
    output.print(describe_unasked(replay.result));
  }
  if (replay.verification && replay.verification->parted) {
    folder.keep(fmt::format("replay.{}.parted", replay_options.plan.print()), *replay.verification->parted);
  }
  ReportContext context = invocation.context;
  context.seeded = schedules.has_value();
  replay.result.seed = schedules.value_or(0);
  json.write(replay_to_json(replay, context), output);
  return finish(interrupts, status_of_replay(replay, replay_options.plan));
}

}  // namespace

Verb add_replay(CLI::App& app) {
  const auto options = std::make_shared<ReplayVerbOptions>();
  CLI::App* verb = app.add_subcommand("replay", "run one plan again and tell what happened");
  set_usage(*verb, "exitproof replay [OPTIONS] PLAN -- COMMAND...");
  set_examples(*verb, {{"exitproof replay kill@0:rename:1 -- ./prog", "SIGKILL before the first rename"},
                       {"exitproof replay --times 20 ctrl-c@0:quiet:1 -- ./prog", "and how often it fails"},
                       {"exitproof replay --verify none -- ./prog", "whether two runs are the same"}});
  verb->add_option("PLAN", options->plan, "faults joined by commas, as a finding prints them; none for no fault")
      ->required();
  verb->add_option("--times", options->times, "run it so often and tell the rate; 1 without, with --verify 2")
      ->type_name("N");
  verb->add_flag(
      "--verify", options->verify,
      "look closely each time and say whether it was the same, or where two of them part; the exit status is 1 "
      "too when their verdicts differ, and with schedule=SEED when what was done or its order does");
  verb->add_option("--schedule", options->schedule,
                   "free: as the kernel likes; seeded: each replay of a plan without schedule=SEED in an order of its "
                   "own, one process or thread at a time")
      ->type_name("free|seeded")
      ->default_str(options->schedule);
  verb->add_option("--seed", options->seed, "what those orders are drawn from; a fresh one without")->type_name("N");
  verb->add_option("--jobs", options->jobs, "workers; as many as CPUs without")->type_name("N");
  verb->add_option("--json", options->json, "write the result there too; - for standard output")->type_name("FILE");
  verb->add_option("--evidence", options->evidence, "keep the evidence of the first trial there")->type_name("DIR");
  options->scenario.add_to(*verb);
  return {verb, 1, true, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
