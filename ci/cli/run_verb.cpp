#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>

#include "ci/cli/campaign_journal.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/evidence_folder.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/regressions_file.hpp"
#include "ci/cli/report_files.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/shard_choice.hpp"
#include "ci/cli/standard_descriptors.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/event_words.hpp"
#include "ci/report/json_report.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/seed.hpp"
#include "exitproof/shell_quote.hpp"

namespace exitproof::cli {
namespace {

constexpr std::uint64_t default_second_plans = 200;
constexpr const char* usual_max_faults = "3";

struct RunOptions {
  ScenarioOptions scenario;
  std::string faults;
  std::string target = "any";
  std::string trials;
  std::string time = "60s";
  std::string seed;
  std::string jobs;
  std::string explore = "exhaustive";
  std::string max_faults;  ///< empty: usual_max_faults
  std::string schedule = "free";
  std::string regressions;
  std::optional<std::string> second;  ///< empty: as many as by default
  bool strict = false;
  std::string json;
  std::string evidence;
  std::string journal;
  std::string shard;
  ReportOptions reports;
};

FaultKinds wanted_kinds(const std::string& text) {
  try {
    return text.empty() ? default_fault_kinds() : parse_fault_kinds(text);
  } catch (const ParseError& error) {
    throw malformed("--faults", text, error);
  }
}

Target wanted_target(const std::string& text) {
  try {
    return Target::parse(text);
  } catch (const ParseError& error) {
    throw malformed("--target", text, error);
  }
}

Explore explore_of(const std::string& name) {
  if (const auto explore = explore_named(name)) return *explore;
  throw UsageError(fmt::format("--explore expects {}, and found \"{}\"", explore_names, name));
}

std::size_t most_faults(const std::string& text, Explore explore) {
  const std::size_t most = count_value("--max-faults", text.empty() ? usual_max_faults : text,
                                       {.least = 1, .most = 8, .why = "more than that nobody reads"});
  const bool draws = explore == Explore::random || explore == Explore::both;
  if (text.empty() || draws) return most;
  throw UsageError("--max-faults expects --explore random or --explore both: no other plans have several faults");
}

/// Shards that draw from different seeds, or whose end is a matter of time, do not add up to one campaign.
void check_shards(const RunOptions& options, const ShardChoice& choice, bool has_seed) {
  if (choice.shard.is_whole()) return;
  const std::string who = fmt::format("shard {} ({})", choice.shard.print(), choice.from);
  if (!has_seed) throw UsageError(who + " expects --seed N: all shards draw from one");
  if ((options.explore == "random" || options.explore == "both") && options.trials.empty()) {
    throw UsageError(who + " expects --trials N with --explore " + options.explore + ": only time would end it");
  }
}

SearchOptions search_options(const RunOptions& options, const ShardChoice& choice) {
  SearchOptions search;
  search.in_another_second = await_next_second;
  search.faults.kinds = wanted_kinds(options.faults);
  search.exceptions_where_told = options.faults.empty();
  search.faults.target = wanted_target(options.target);
  search.seeded = seeded_value(options.schedule);
  search.explore = explore_of(options.explore);
  search.most_faults = most_faults(options.max_faults, search.explore);
  search.max_trials = options.trials.empty() ? 0 : number_value("--trials", options.trials, 1);
  search.time = time_value("--time", options.time);
  const std::optional<std::uint64_t> begun_with = CampaignJournal::seed_in(options.journal);
  check_shards(options, choice, !options.seed.empty() || begun_with);
  search.shard = choice.shard;
  search.seed = options.seed.empty() ? begun_with.value_or(fresh_seed()) : number_value("--seed", options.seed, 0);
  search.strict = options.strict;
  if (options.second) {
    if (!options.faults.empty()) search.second_kinds = search.faults.kinds;
    search.second_plans = options.second->empty() ? default_second_plans : number_value("--second", *options.second, 1);
  }
  return search;
}

/// Prints the survey, the first finding and the progress while the campaign runs.
class ConsoleListener : public CampaignListener {
 public:
  ConsoleListener(Output& output, const ReportContext& context, EvidenceFolder& folder)
      : output_(output), context_(context), folder_(folder) {}

  /// From now on evidence is kept there too. It must outlive the campaign.
  void keep_in(std::map<std::string, Evidence>& evidence) { evidence_ = &evidence; }

  void surveyed(const CampaignResult& so_far) override {
    surveyed_ = std::chrono::steady_clock::now();
    output_.print(describe_survey(so_far));
  }
  void progress(const CampaignResult& so_far) override { output_.show_progress(describe_progress(so_far)); }
  void shrinking(const FaultPlan& simplest, unsigned runs, unsigned most) override {
    output_.show_progress(fmt::format("making {} simpler, {} of at most {} runs", simplest.print(), runs, most));
  }
  void found(const Finding& finding) override {
    if (!std::exchange(found_one_, true)) {
      output_.print("first finding:\n" + describe_finding(finding, context_, output_.paint()) + '\n');
    }
  }
  void keep(const std::string& name, const Evidence& evidence) override {
    folder_.keep(name, evidence);
    if (evidence_ != nullptr) evidence_->insert_or_assign(name, evidence);
  }
  /// For how long trials and replays have run; nothing without a survey.
  std::optional<Millis> elapsed() const {
    if (!surveyed_) return std::nullopt;
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - *surveyed_);
  }

 private:
  Output& output_;
  const ReportContext& context_;
  EvidenceFolder& folder_;
  std::map<std::string, Evidence>* evidence_ = nullptr;
  bool found_one_ = false;
  std::optional<std::chrono::steady_clock::time_point> surveyed_;
};

/// Of few trials some shards have none: that all of them together tried something is for merge to say.
bool has_no_share(const CampaignResult& result, const Shard& shard) {
  return !shard.is_whole() && result.trials.total == 0 && result.trials.planned > 0 && !result.out_of_time &&
         !result.interrupted;
}

/// Of the campaign that comes; its result and evidence are still to be filled in.
ScenarioReport report_of(const ReportContext& context, const SearchOptions& search) {
  ScenarioReport report;
  report.name = shortened(shell_join(context.command));
  report.context = context;
  report.context.seeded = search.seeded;
  report.faults = search.faults.kinds;
  return report;
}

/// Empty when the campaign ended in its time, or nearly so.
std::string describe_overrun(std::optional<Millis> elapsed, Millis time, Millis timeout) {
  constexpr Millis not_worth_a_word{2'000};
  if (!elapsed || *elapsed <= time + not_worth_a_word) return {};
  return fmt::format(
      "--time {} was overrun by {}: a trial or replay that has begun is finished, however long it takes up to its "
      "--timeout of {}\n",
      print_duration(time), print_duration(std::chrono::floor<std::chrono::seconds>(*elapsed - time)),
      print_duration(timeout));
}

int execute(const RunOptions& options, const Invocation& invocation) {
  Scenario scenario = options.scenario.scenario(invocation.context.command);
  const ShardChoice shard = shard_choice(options.shard, own_variable);
  if (!shard.from.empty()) withhold_shard(scenario.environment);
  acknowledge_shard(own_variable);
  SearchOptions search = search_options(options, shard);
  const RegressionsFile regressions(options.regressions);
  search.regressions = regressions.regressions();
  const std::string choice = settle_world(options.scenario.leave_world_open(), scenario);
  const unsigned workers = worker_count(options.jobs, scenario);
  Interrupts interrupts;
  Output output(interrupts);
  require_distinct_files({{"--json", options.json},
                          {"--html", options.reports.html},
                          {"--junit", options.reports.junit},
                          {"--sarif", options.reports.sarif},
                          {"--journal", options.journal}});
  const JsonFile json(options.json, output);
  const ReportFiles reports(options.reports, output);
  EvidenceFolder folder(options.evidence);
  CampaignJournal journal(options.journal, journal_head(invocation.context, scenario, search));
  output.print(fmt::format("{}: seed {}, {} worker{}, faults {}, target {}, time {}\n", invocation.context.tool,
                           search.seed, workers, workers == 1 ? "" : "s", print_fault_kinds(search.faults.kinds),
                           options.target, print_duration(search.time)));
  output.print(choice);
  if (!shard.shard.is_whole()) output.print(fmt::format("shard {} ({})\n", shard.shard.print(), shard.from));
  output.print(journal.words());
  output.show_progress("surveying");
  ScenarioReport report = report_of(invocation.context, search);
  ConsoleListener listener(output, invocation.context, folder);
  if (reports.shows_evidence()) listener.keep_in(report.evidence);
  CampaignResult& result = report.result;
  {
    WorkerPool pool(pool_options(workers, interrupts));
    result = run_campaign(journal.over(pool, search), scenario, search, listener);
  }
  output.clear_progress();
  journal.end(result);
  if (result.survey.refusal) {
    complain(*result.survey.refusal);
  } else {
    output.print(describe_result(result, invocation.context, output.paint()));
    output.print(describe_overrun(listener.elapsed(), search.time, scenario.timeout));
    output.print(journal.words_of_time(result));
  }
  if (const std::size_t added = regressions.add(result.findings); added != 0) {
    output.print(fmt::format("{} new plan{} in {}\n", added, added == 1 ? "" : "s", options.regressions));
  }
  json.write(result_to_json(result, report.context), output);
  const bool no_share = status_of_result(result) == exit_nothing_tried && has_no_share(result, shard.shard);
  if (no_share) output.print(fmt::format("none of the trials belongs to shard {}\n", shard.shard.print()));
  const ExitStatus status = no_share ? exit_held : status_of_result(result);
  Certification certification;
  certification.scenarios.push_back(std::move(report));
  reports.write(certification, output);
  return finish(interrupts, status);
}

}  // namespace

Verb add_run(CLI::App& app) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* verb = app.add_subcommand("run", "try a command at every point of its run, within a budget");
  set_usage(*verb, "exitproof run [OPTIONS] -- COMMAND...");
  set_examples(*verb,
               {{"exitproof run -- ./prog args", "every point, the usual faults, for a minute"},
                {"exitproof run --faults kill --time 5m -- ./prog", "only SIGKILL, for longer"},
                {"exitproof run --second --json result.json -- ./prog", "then a second fault; a result to keep"},
                {"exitproof run --seed 1 --shard 3/8 --journal shard-3 -- ./prog", "one of eight parts: see merge"},
                {"exitproof run --ready listen:8080 --drive 'curl -s localhost:8080' -- ./server", ""}});
  verb->add_option("--faults", options->faults, "kinds of faults, joined by commas")
      ->type_name("KIND,...")
      ->default_str(print_fault_kinds(default_fault_kinds()) + "; exception too where an agent is active");
  verb->add_option("--target", options->target, "which processes are struck; others: than the root")
      ->type_name("any|root|others|leaf|command=NAME")
      ->default_str(options->target);
  verb->add_option("--trials", options->trials, "at most so many trials")->type_name("N");
  verb->add_option(
          "--time", options->time,
          "when no more trials and replays are begun; the survey comes on top, and one that hangs is waited for "
          "until its --timeout")
      ->type_name("TIME")
      ->default_str(options->time);
  verb->add_option("--seed", options->seed, "what choices are drawn from; a fresh one without")->type_name("N");
  verb->add_option("--jobs", options->jobs, "workers; as many as CPUs without")->type_name("N");
  verb->add_option("--second", options->second,
                   "then a second fault at what a first one leads to; at most N plans (200)")
      ->type_name("[=N]")
      ->expected(0, 1)
      ->default_str("");
  verb->add_option("--explore", options->explore, "every single fault, a telling few, or random plans")
      ->type_name("exhaustive|smoke|random|both")
      ->default_str(options->explore);
  verb->add_option("--max-faults", options->max_faults, "at most so many faults in a random plan")
      ->type_name("N")
      ->default_str(usual_max_faults);
  verb->add_option(
          "--schedule", options->schedule,
          "free: as the kernel likes; seeded: one process or thread at a time, in an order that the plan tells")
      ->type_name("free|seeded")
      ->default_str(options->schedule);
  verb->add_option("--regressions", options->regressions,
                   "a file of plans that failed once: they are tried first, and what is new is added")
      ->type_name("FILE");
  verb->add_flag("--strict", options->strict, "stop when the fault-free runs violate something already");
  verb->add_option("--json", options->json, "write the result there too; - for standard output")->type_name("FILE");
  verb->add_option("--evidence", options->evidence, "keep the evidence of the survey and of findings there")
      ->type_name("DIR");
  verb->add_option("--journal", options->journal, "keep each trial there; once ended, the same command goes on")
      ->type_name("FILE");
  verb->add_option("--shard", options->shard, "try the I-th of N parts, from 1; exitproof merge joins their journals")
      ->type_name("I/N");
  options->reports.add_to(*verb);
  options->scenario.add_to(*verb);
  return {verb, 0, true, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
