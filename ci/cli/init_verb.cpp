#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "ci/certify/starter_manifest.hpp"
#include "ci/certify/whole_file.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/manifest_session.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/standard_descriptors.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/verbs.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/scenario_settings.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  ScenarioOptions scenario;
  std::string file = usual_manifest;
};

/// The file that a command would run; empty when there is none.
fs::path program_of(const std::string& word) {
  if (word.find('/') != std::string::npos) return word;
  const char* path = std::getenv("PATH");
  std::string folders = path != nullptr ? path : "/usr/bin:/bin";
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const fs::path program = fs::path(folders.substr(begin, end - begin)) / word;
    if (::access(program.c_str(), X_OK) == 0 && fs::is_regular_file(program)) return program;
    begin = end + 1;
  }
  return {};
}

/// The program, and of an interpreter the files that it is given. A file below the manifest is named from there.
std::vector<std::string> artefacts_of(const std::vector<std::string>& command) {
  std::vector<std::string> names;
  const auto add = [&](const fs::path& path) {
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) return;
    const fs::path below = fs::absolute(path).lexically_normal().lexically_relative(fs::current_path());
    names.push_back(!below.empty() && *below.begin() != ".." ? below.string() : path.string());
  };
  add(program_of(command.front()));
  for (std::size_t i = 1; i < command.size(); ++i) {
    if (!command[i].starts_with('-')) add(command[i]);
  }
  return names;
}

/// "--ready", "quiet", "--tty" as settings with their words.
std::map<std::string, std::vector<std::string>, std::less<>> settings_of(const std::vector<std::string>& options) {
  std::map<std::string, std::vector<std::string>, std::less<>> said;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string name = options[i].substr(2);
    const bool is_flag = scenario_setting(name)->takes == ScenarioSetting::Takes::flag;
    said[name].push_back(is_flag ? "true" : options[++i]);
  }
  return said;
}

[[noreturn]] void refuse_file_that_is_there(const std::string& path) {
  throw UsageError(fmt::format("init expects to write a new file, and {} is there already", path));
}

int execute(const InitOptions& options, const Invocation& invocation) {
  const std::vector<std::string>& command = invocation.context.command;
  std::error_code unknown;
  if (fs::exists(fs::symlink_status(options.file, unknown))) refuse_file_that_is_there(options.file);
  if (!can_write_file(options.file)) {
    throw UsageError(fmt::format("init expects to write {}, and cannot", options.file));
  }
  Scenario scenario = options.scenario.scenario(command);
  const std::string choice = settle_world(options.scenario.leave_world_open(), scenario);
  Interrupts interrupts;
  Output output(interrupts);
  output.print(choice);
  output.show_progress("surveying");
  SearchOptions search;
  search.survey_only = true;
  search.in_another_second = await_next_second;
  CampaignListener nobody;
  CampaignResult survey;
  {
    WorkerPool pool(pool_options(worker_count("", scenario), interrupts));
    survey = run_campaign(pool, scenario, search, nobody);
  }
  output.clear_progress();
  if (interrupts.signal() != 0) return finish(interrupts, exit_harness_failed);
  if (survey.survey.refusal) {
    complain(*survey.survey.refusal);
    return status_of_refusal(*survey.survey.refusal);
  }
  output.print(describe_survey(survey));
  const std::string manifest = starter_manifest({.command = command,
                                                 .artefacts = artefacts_of(command),
                                                 .said = settings_of(invocation.context.scenario_options),
                                                 .survey = &survey});
  if (!write_new_file(options.file, manifest)) refuse_file_that_is_there(options.file);
  output.print(fmt::format("{} is written: read it, and then: exitproof certify{}\n", options.file,
                           options.file == usual_manifest ? "" : " " + options.file));
  return finish(interrupts, exit_held);
}

}  // namespace

Verb add_init(CLI::App& app) {
  const auto options = std::make_shared<InitOptions>();
  CLI::App* verb = app.add_subcommand("init", "write a first manifest for a command");
  set_usage(*verb, "exitproof init [OPTIONS] -- COMMAND...");
  set_examples(*verb, {{"exitproof init -- ./prog args", "a first exitproof.toml, with what a survey saw"},
                       {"exitproof init --ready listen:8080 --stop SIGTERM -- ./server", "and what is said here"}});
  verb->add_option("--file", options->file, "the manifest to write; never one that is there")
      ->type_name("FILE")
      ->default_str(options->file);
  options->scenario.add_to(*verb);
  return {verb, 0, true, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
