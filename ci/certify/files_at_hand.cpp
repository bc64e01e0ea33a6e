#include "ci/certify/files_at_hand.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const ReleaseManifest& manifest, const std::string& place, const std::string& what) {
  throw ManifestError(fmt::format("{}:{}: {}", manifest.path.string(), place, what));
}

std::vector<fs::path> matches_of(const std::string& pattern) {
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      if (fs::is_regular_file(found.gl_pathv[i])) paths.emplace_back(found.gl_pathv[i]);
    }
  }
  ::globfree(&found);
  return paths;
}

NamedFile named(const fs::path& folder, const fs::path& path) {
  const fs::path below = path.lexically_normal().lexically_relative(folder.lexically_normal());
  const bool is_below = !below.empty() && *below.begin() != "..";
  return {.name = (is_below ? below : path).string(), .path = path};
}

/// What decides on the tests of GoogleTest, from the outside.
bool steers_tests(const std::string& variable) {
  return variable.starts_with("GTEST_") || variable.starts_with("TEST_SHARD") ||
         variable.starts_with("TEST_TOTAL_SHARDS") || variable == "TESTBRIDGE_TEST_ONLY" ||
         variable == "XML_OUTPUT_FILE" || variable == "TEST_PREMATURE_EXIT_FILE";
}

std::string list_tests(const ReleaseManifest& manifest, const ManifestScenario& scenario) {
  std::vector<std::string> words{"env"};
  for (const auto& [name, value] : scenario.scenario.environment) {
    if (steers_tests(name)) words.insert(words.end(), {"-u", name});
  }
  words.insert(words.end(), {scenario.gtest, "--gtest_list_tests"});
  if (!scenario.filter.empty()) words.push_back("--gtest_filter=" + scenario.filter);
  const std::string line =
      fmt::format("cd {} && exec {} </dev/null", shell_quote(scenario.scenario.working_directory), shell_join(words));
  FILE* pipe = ::popen(line.c_str(), "re");
  if (pipe == nullptr) refuse(manifest, scenario.gtest_place, "gtest: sh cannot be run to list the tests");
  std::string text;
  std::array<char, 4096> chunk{};
  for (std::size_t count = 0; (count = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
    text.append(chunk.data(), count);
  }
  const int status = ::pclose(pipe);
  if (status != 0) {
    refuse(manifest, scenario.gtest_place,
           fmt::format("gtest: expected a GoogleTest binary that lists its tests, and {} --gtest_list_tests failed",
                       scenario.gtest));
  }
  return text;
}

bool can_be_executed(const fs::path& program) {
  std::error_code unknown;
  return fs::is_regular_file(program, unknown) && ::access(program.c_str(), X_OK) == 0;
}

void require_program(const ReleaseManifest& manifest, const ManifestScenario& one) {
  const std::vector<std::string>& command = one.scenario.command;
  if (command.empty() || program_of(one.scenario)) return;
  const bool is_name = command.front().find('/') == std::string::npos;
  refuse(manifest, one.command_place,
         fmt::format("expected a program that can be executed, and \"{}\" {}", command.front(),
                     is_name ? "is none in PATH" : "cannot"));
}

ManifestScenario of_one_test(const ManifestScenario& whole, const std::string& test) {
  ManifestScenario one = whole;
  one.name = whole.name + "/" + test;
  one.scenario.command = {whole.gtest, "--gtest_filter=" + test};
  std::erase_if(one.scenario.environment, [](const auto& variable) { return steers_tests(variable.first); });
  return one;
}

}  // namespace

std::vector<NamedFile> files_of(const ReleaseManifest& manifest, const std::vector<PlacedText>& globs) {
  const fs::path folder = manifest.folder();
  std::vector<NamedFile> files;
  for (const PlacedText& glob : globs) {
    const std::vector<fs::path> paths = matches_of((folder / glob.text).string());
    if (paths.empty()) refuse(manifest, glob.place, fmt::format("expected a file, and none is \"{}\"", glob.text));
    for (const fs::path& path : paths) files.push_back(named(folder, path));
  }
  std::ranges::sort(files, {}, &NamedFile::name);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::optional<fs::path> program_of(const Scenario& scenario) {
  const fs::path directory = scenario.working_directory;
  const std::string& name = scenario.command.front();
  if (name.find('/') != std::string::npos) {
    const fs::path program = directory / name;
    return can_be_executed(program) ? std::optional(program) : std::nullopt;
  }
  std::string_view path = "/bin:/usr/bin";  // where it is not set
  for (const auto& [variable, value] : scenario.environment) {
    if (variable == "PATH") path = value;
  }
  while (true) {
    const std::size_t end = std::min(path.find(':'), path.size());
    const fs::path program = directory / fs::path(path.substr(0, end)) / name;
    if (can_be_executed(program)) return program;
    if (end == path.size()) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

void require_files(const ReleaseManifest& manifest) {
  files_of(manifest, manifest.artefacts);
  for (const ManifestScenario& one : manifest.scenarios) {
    files_of(manifest, one.files);
    if (const std::string& folder = one.scenario.working_directory; !fs::is_directory(folder)) {
      refuse(manifest, one.directory.place, fmt::format("directory: expected a directory, and \"{}\" is none", folder));
    }
    require_program(manifest, one);
    const std::string& input = one.scenario.stdin_file;
    if (!input.empty() && ::access(input.c_str(), R_OK) != 0) {
      refuse(manifest, one.stdin_place,
             fmt::format("stdin: expected a file that can be read, and \"{}\" cannot", input));
    }
  }
}

std::vector<std::string> listed_tests(const std::string& text) {
  std::vector<std::string> tests;
  std::istringstream lines(text);
  std::string suite;
  for (std::string line; std::getline(lines, line);) {
    const bool is_test = line.starts_with("  ");
    std::string name = is_test ? line.substr(2) : line;
    name = name.substr(0, name.find(' '));  // a comment tells of types and parameters
    if (!is_test) {
      suite = name.ends_with('.') ? name : "";
    } else if (!suite.empty() && (suite + name).find("DISABLED_") == std::string::npos) {
      tests.push_back(suite + name);
    }
  }
  return tests;
}

void expand_tests(ReleaseManifest& manifest) {
  std::vector<ManifestScenario> expanded;
  for (ManifestScenario& one : manifest.scenarios) {
    if (one.gtest.empty()) {
      expanded.push_back(std::move(one));
      continue;
    }
    const std::vector<std::string> tests = listed_tests(list_tests(manifest, one));
    if (tests.empty()) {
      refuse(manifest, one.gtest_place, fmt::format("gtest: expected at least one test, and {} lists none", one.gtest));
    }
    for (const std::string& test : tests) {
      expanded.push_back(of_one_test(one, test));
      if (const std::string& name = expanded.back().name; name.size() > longest_scenario_name) {
        refuse(
            manifest, one.gtest_place,
            fmt::format("gtest: expected tests whose names have at most {} letters together with the scenario's, and "
                        "found {}; a filter can leave it out, and tests = \"whole\" needs no names",
                        longest_scenario_name, name));
      }
    }
  }
  manifest.scenarios = std::move(expanded);
}

void keep_scenarios(ReleaseManifest& manifest, const std::vector<std::string>& names) {
  std::vector<ManifestScenario> kept;
  for (const ManifestScenario& one : manifest.scenarios) {
    for (const std::string& name : names) {
      const bool of_binary = !one.gtest.empty() && name.starts_with(one.name + "/");
      if (of_binary) kept.push_back(of_one_test(one, name.substr(one.name.size() + 1)));
      if (one.gtest.empty() && name == one.name) kept.push_back(one);
    }
  }
  manifest.scenarios = std::move(kept);
}

}  // namespace exitproof
