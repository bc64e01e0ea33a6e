#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "ci/certify/certificate.hpp"
#include "ci/certify/machine_versions.hpp"
#include "ci/certify/sha256.hpp"
#include "ci/certify/verify.hpp"
#include "ci/certify/whole_file.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/manifest_session.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/plain_text.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;

struct VerifyOptions {
  std::string certificate;
  std::string manifest;
  std::string rerun;
  std::string seed;
  std::string jobs;
};

std::string content_of(const std::string& path) {
  std::optional<std::string> text = read_whole_file(path);
  if (!text) throw UsageError(fmt::format("verify expects a certificate that can be read, and \"{}\" cannot", path));
  return std::move(*text);
}

/// "5%" or "5": more than 0, at most 100.
std::optional<double> percent_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::string digits = text.ends_with('%') ? text.substr(0, text.size() - 1) : text;
  double percent = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  const bool is_number = error == std::errc{} && stop == digits.data() + digits.size();
  if (!is_number || !(percent > 0 && percent <= 100)) {
    throw UsageError(
        fmt::format("--rerun expects a part of the trials, more than 0% and at most 100%, and found \"{}\"", text));
  }
  return percent;
}

FilesAtHand files_at_hand(const VerifyOptions& options) {
  const fs::path beside = fs::absolute(options.certificate).parent_path();
  FilesAtHand files{.folder = fs::current_path(), .manifest = {}, .trials = beside / trials_file_name};
  if (options.manifest.empty()) return files;
  files.manifest = options.manifest;
  files.folder = fs::absolute(options.manifest).parent_path();
  return files;
}

std::string describe(const Checked& checked, const Paint& paint) {
  switch (checked.state) {
    case Checked::State::good:
      return fmt::format("good      {}\n", plain_line(checked.what));
    case Checked::State::wrong:
      return fmt::format("{}     {}\n", paint.red("WRONG"), plain_line(checked.what));
    case Checked::State::other:
      return fmt::format("other     {}\n", plain_line(checked.what));
    case Checked::State::not_here:
      return fmt::format("not here  {}\n", plain_line(checked.what));
  }
  return {};
}

/// Runs the plans of these trials again, after a survey of its own.
ScenarioOutcome make_again(TrialService& service, const ManifestScenario& scenario, std::uint64_t seed,
                           const std::vector<TrialLine>& trials, CertifyListener& listener) {
  SearchOptions search = scenario.search(seed);
  search.explore = Explore::random;
  search.second_plans = 0;
  search.max_trials = trials.size();  // these, and none that is drawn
  search.replays = 0;
  search.shrink_runs = 0;
  search.in_another_second = await_next_second;
  for (const TrialLine& trial : trials) search.regressions.push_back({.plan = FaultPlan::parse(trial.plan)});
  return try_scenario(service, scenario, search, listener);
}

class RerunProgress : public CertifyListener {
 public:
  explicit RerunProgress(Output& output) : output_(output) {}
  void progress(const CampaignResult& so_far) override { output_.show_progress(describe_progress(so_far)); }

 private:
  Output& output_;
};

ExitStatus rerun(const CheckedCertificate& checked, double percent, const VerifyOptions& options,
                 const Interrupts& interrupts, Output& output) {
  ReleaseManifest manifest = usable_manifest(checked.manifest.string());
  const std::uint64_t draw = options.seed.empty() ? checked.seed : number_value("--seed", options.seed, 0);
  std::map<std::string, std::vector<TrialLine>> by_scenario;
  const std::vector<TrialLine> sample = sample_trials(checked.trials, percent, draw);
  for (const TrialLine& trial : sample) by_scenario[trial.scenario].push_back(trial);
  std::size_t different = 0;
  RerunProgress progress(output);
  FileDigests digests;
  std::set<std::string> others;
  for (ManifestScenario& scenario : manifest.scenarios) {
    const auto chosen = by_scenario.find(scenario.name);
    if (chosen == by_scenario.end()) continue;
    const std::unique_ptr<TrialService> service = service_for(scenario, options.jobs, interrupts);
    const ScenarioOutcome again = make_again(*service, scenario, checked.seed, chosen->second, progress);
    if (interrupts.signal() != 0) return exit_harness_failed;
    for (std::string& path : other_programs(programs_of(again.result.survey.runs, digests), checked.program_digests)) {
      others.insert(std::move(path));
    }
    for (const std::string& difference : differences(chosen->second, again.trials)) {
      output.print(fmt::format("{}     {}\n", output.paint().red("WRONG"), plain_line(difference)));
      ++different;
    }
  }
  output.print(fmt::format("rerun     {} of {} trials, {} as certified\n", sample.size(), checked.trials.size(),
                           sample.size() - different));
  if (!others.empty()) {
    output.print(fmt::format("other     the rerun was made with programs that are not those of the certificate: {}\n",
                             plain_line(fmt::format("{}", fmt::join(others, ", ")))));
  }
  return different == 0 ? exit_held : exit_violated;
}

int execute(const VerifyOptions& options, const Invocation&) {
  const std::optional<double> percent = percent_of(options.rerun);
  Interrupts interrupts;
  Output output(interrupts);
  CheckedCertificate checked;
  try {
    checked = check_certificate(content_of(options.certificate), files_at_hand(options));
  } catch (const ManifestError& error) {
    throw UsageError(error.what());
  }
  for (const Checked& one : checked.checks) output.print(describe(one, output.paint()));
  if (checked.any(Checked::State::wrong)) return finish(interrupts, exit_violated);
  if (!checked.compared_artefact) {
    output.print("no file that it certifies is here: nothing was compared\n");
    return finish(interrupts, exit_nothing_tried);
  }
  if (!percent) return finish(interrupts, exit_held);
  if (checked.trials.empty()) {
    throw CannotTry("the list of trials is not beside the certificate: there is nothing to run again");
  }
  if (checked.manifest.empty()) {
    throw CannotTry("the manifest is not here, which says how trials are run: name it with --manifest FILE");
  }
  return finish(interrupts, rerun(checked, *percent, options, interrupts, output));
}

}  // namespace

Verb add_verify(CLI::App& app) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* verb = app.add_subcommand("verify", "compare a certificate with itself and with the files at hand");
  set_usage(*verb, "exitproof verify [OPTIONS] CERTIFICATE");
  set_examples(*verb,
               {{"exitproof verify exitproof-results/certificate.json", "the certificate, and the files that are here"},
                {"exitproof verify --rerun 5% certificate.json", "and some of its trials again"}});
  verb->add_option("CERTIFICATE", options->certificate, "certificate.json; the list of trials lies beside it")
      ->required();
  verb->add_option("--manifest", options->manifest,
                   "the manifest to compare with, and the folder from which files are named; without, the one that the "
                   "certificate names, in the working directory")
      ->type_name("FILE");
  verb->add_option("--rerun", options->rerun, "make this part of the trials again, and compare the verdicts")
      ->type_name("PERCENT");
  verb->add_option("--seed", options->seed, "what that part is drawn from; the certificate's without")->type_name("N");
  verb->add_option("--jobs", options->jobs, "workers; as many as CPUs without")->type_name("N");
  return {verb, 1, false, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
