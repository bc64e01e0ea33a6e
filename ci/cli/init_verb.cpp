#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

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
#include "ci/report/plain_text.hpp"
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

/// The folder of the manifest that is to be.
fs::path folder_of(const std::string& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  std::error_code unknown;
  const fs::path real = fs::canonical(folder, unknown);
  return unknown ? folder.lexically_normal() : real;
}

/// A relative path of ours, as it is meant from the manifest's folder.
std::string seen_from(const fs::path& folder, const fs::path& path) {
  const fs::path here = fs::current_path();
  return path.is_absolute() || folder == here ? path.string()
                                              : (here / path).lexically_normal().lexically_relative(folder).string();
}

/// The program, and of an interpreter the files that it is given. A file below the working directory, or below the
/// manifest, is named from there.
std::vector<std::string> artefacts_of(const std::vector<std::string>& command, const fs::path& folder) {
  std::vector<std::string> names;
  const auto add = [&](const fs::path& path) {
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) return;
    const fs::path whole = fs::absolute(path).lexically_normal();
    const auto is_below = [&](const fs::path& other) {
      const fs::path below = whole.lexically_relative(other);
      return !below.empty() && *below.begin() != "..";
    };
    const bool is_ours = path.is_relative() || is_below(fs::current_path()) || is_below(folder);
    names.push_back(is_ours ? whole.lexically_relative(folder).string() : whole.string());
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

void require_utf8(const std::vector<std::string>& words) {
  const auto found = std::ranges::find_if_not(words, can_stand_in_manifest);
  if (found == words.end()) return;
  throw UsageError(fmt::format("init expects names and arguments that are UTF-8, as a manifest is, and found \"{}\"",
                               plain_line(*found)));
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
  const fs::path folder = folder_of(options.file);
  const std::vector<std::string> artefacts = artefacts_of(command, folder);
  const std::string directory =
      folder == fs::current_path() ? "" : fs::current_path().lexically_relative(folder).string();
  for (const auto& words : {command, invocation.context.scenario_options, artefacts, std::vector{directory}})
    require_utf8(words);
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
  auto said = settings_of(invocation.context.scenario_options);
  if (const auto input = said.find("stdin"); input != said.end()) {
    for (std::string& file : input->second) file = seen_from(folder, file);
  }
  const std::string manifest = starter_manifest(
      {.command = command, .directory = directory, .artefacts = artefacts, .said = std::move(said), .survey = &survey});
  if (!write_new_file(options.file, manifest)) refuse_file_that_is_there(options.file);
  output.print(fmt::format("{} is written: read it, and then: exitproof certify{}\n", plain_line(options.file),
                           options.file == usual_manifest ? "" : " " + shell_word(options.file)));
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
