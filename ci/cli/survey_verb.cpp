#include <fmt/format.h>

#include <memory>

#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/standard_descriptors.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/survey_report.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/seed.hpp"

namespace exitproof::cli {
namespace {

struct SurveyVerbOptions {
  ScenarioOptions scenario;
  std::string seed;
  std::string schedule = "free";
  std::string jobs;
  std::string json;
};

ExitStatus status_of_survey(const CampaignResult& result) {
  if (result.survey.refusal) return status_of_refusal(*result.survey.refusal);
  return result.findings.empty() ? exit_held : exit_violated;
}

int execute(const SurveyVerbOptions& options, const Invocation& invocation) {
  Scenario scenario = options.scenario.scenario(invocation.context.command);
  SearchOptions search;
  search.survey_only = true;
  search.in_another_second = await_next_second;
  search.seed = options.seed.empty() ? fresh_seed() : number_value("--seed", options.seed, 0);
  const bool seeded = seeded_value(options.schedule);
  search.seeded = seeded;
  const std::string choice = settle_world(options.scenario.leave_world_open(), scenario);
  const unsigned workers = worker_count(options.jobs, scenario);
  Interrupts interrupts;
  Output output(interrupts);
  const JsonFile json(options.json, output);
  output.print(choice);
  output.show_progress("surveying");
  CampaignListener nobody;
  CampaignResult result;
  {
    WorkerPool pool(pool_options(workers, interrupts));
    result = run_campaign(pool, scenario, search, nobody);
  }
  output.clear_progress();
  if (result.survey.refusal) {
    complain(*result.survey.refusal);
  } else {
    output.print(describe_catalog(result, invocation.context, output.paint()));
    ReportContext context = invocation.context;
    context.seeded = seeded;
    json.write(survey_to_json(result, context), output);
  }
  return finish(interrupts, status_of_survey(result));
}

}  // namespace

Verb add_survey(CLI::App& app) {
  const auto options = std::make_shared<SurveyVerbOptions>();
  CLI::App* verb = app.add_subcommand("survey", "show the points at which a command can be struck");
  set_usage(*verb, "exitproof survey [OPTIONS] -- COMMAND...");
  set_examples(*verb, {{"exitproof survey -- ./prog args", "all points, their calls and files"},
                       {"exitproof survey --inside report -- python3 report.py", "and the lines of a module"}});
  verb->add_option("--seed", options->seed, "what choices are drawn from; a fresh one without")->type_name("N");
  verb->add_option(
          "--schedule", options->schedule,
          "free: as the kernel likes; seeded: one process or thread at a time, each run in an order of its own")
      ->type_name("free|seeded")
      ->default_str(options->schedule);
  verb->add_option("--jobs", options->jobs, "workers; as many as CPUs without")->type_name("N");
  verb->add_option("--json", options->json, "write the catalog there too; - for standard output")->type_name("FILE");
  options->scenario.add_to(*verb);
  return {verb, 0, true, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
