#include "ci/certify/starter_manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "ci/report/console.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/fault_free_end.hpp"
#include "exitproof/scenario_settings.hpp"
#include "harness/model/byte_text.hpp"
#include "properties/search/toml_reader.hpp"

namespace exitproof {
namespace {

using Words = std::vector<std::string>;

std::string list_of(const Words& words) {
  Words quoted;
  for (const std::string& word : words) quoted.push_back(toml_quoted(word));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

/// A name that a scenario may have.
std::string plain_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += is_letter || c == '-' || c == '_' || (c == '.' && !name.empty()) ? c : '-';
  }
  return name.empty() ? "program" : name;
}

std::string print_setting(const std::string& name, const Words& words) {
  switch (scenario_setting(name)->takes) {
    case ScenarioSetting::Takes::text:
      return fmt::format("{} = {}\n", name, toml_quoted(words.front()));
    case ScenarioSetting::Takes::texts:
      return fmt::format("{} = {}\n", name, list_of(words));
    case ScenarioSetting::Takes::number:
    case ScenarioSetting::Takes::flag:
      return fmt::format("{} = {}\n", name, words.front());
  }
  return {};
}

std::string allowances(const Words& globs) {
  std::string text;
  for (const std::string& glob : globs) {
    text +=
        fmt::format("\n[[scenario.allow]]\nfile = {}\nreason = \"say here why it may be left\"\n", toml_quoted(glob));
  }
  return text;
}

/// A value is a setting, or a suggestion in a comment.
struct Slot {
  std::string_view name;
  std::string_view example;
  std::string_view help;
};

constexpr std::array<Slot, 11> slots{{
    {"ready", "\"listen:8080\"", "when it can be used: quiet, file:GLOB, out:REGEX, listen:PORT-or-PATH"},
    {"drive", "\"curl -s localhost:8080\"", "what uses it then, run by sh in its world"},
    {"stop", "\"SIGTERM\"", "how it is asked to end: a signal, ctrl-c, eof, or a command"},
    {"stdin", "\"input.txt\"", "its standard input"},
    {"env", "[\"NAME=VALUE\"]", "variables of its environment"},
    {"output", "[\"out/**\"]", "files that it is there to make"},
    {"valid", R"(['*.db=sqlite3 "$1" "pragma quick_check" | grep -qx ok'])",
     "how to see that an output that varies is whole"},
    {"log", "[\"*.log\"]", "outputs that are whole when they end at a line end"},
    {"outlives", "[\"helperd\"]", "commands that may survive it by design"},
    {"after-kill", "\"forbid\"", "what is asked of the leftovers of a SIGKILL: recover, forbid, allow"},
    {"restart", "\"./prog --recover\"", "what is run after a trial instead of the same command"},
}};

/// What the survey saw that a manifest can say.
std::map<std::string, Words> seen_in(const CampaignResult* survey) {
  std::map<std::string, Words> seen;
  if (survey == nullptr) return seen;
  if (survey->survey.scenario.stop) seen["stop"] = {survey->survey.scenario.stop->print()};
  return seen;
}

/// That which a survey saw; else one for an example. Whether it is meant is for a person to say.
std::string unusual_end_in(const CampaignResult* survey) {
  if (survey != nullptr) {
    for (const FaultFreeEnd& end : fault_free_ends(survey->survey.runs, survey->survey.scenario)) {
      if (!end.is_usual()) return end.end.print();
    }
  }
  return WaitStatus::exited(1).print();
}

std::string describe_seen(const CampaignResult* survey) {
  if (survey == nullptr) return "# No survey was made.\n";
  std::string text = "# A survey saw:\n";
  // A name that the subject made up must not end the comment.
  const auto add = [&](const std::string& line) { text += fmt::format("#   {}\n", plain_line(line)); };
  for (const std::string& message : survey->survey.messages) add(message);
  add(fmt::format("{} sites, {} of them not in every run", survey->catalog.surveyed(),
                  survey->catalog.unstable.size()));
  for (const std::string& output : survey->baseline.outputs) add("it makes " + output);
  for (const std::string& output : survey->baseline.varying_outputs) {
    add(output + " differs from run to run: say in valid or log when it is whole");
  }
  for (const Finding& finding : survey->findings) {
    add(fmt::format("without any fault: {}: {}", finding.violation.invariant, finding.violation.detail));
  }
  return text;
}

std::string print_slots(const StarterFacts& facts) {
  std::map<std::string, Words> seen = seen_in(facts.survey);
  for (const auto& [name, words] : facts.said) {
    if (name != "allow") seen[name] = words;
  }
  std::string text;
  for (const Slot& slot : slots) {
    const auto said = seen.extract(std::string(slot.name));
    text += fmt::format("# {}\n", slot.help);
    text +=
        said.empty() ? fmt::format("# {} = {}\n", slot.name, slot.example) : print_setting(said.key(), said.mapped());
  }
  for (const auto& [name, words] : seen) text += print_setting(name, words);
  return text + "# how it may end without a fault, where that is not exit 0 or by its stop\n# ends = " +
         toml_quoted(unusual_end_in(facts.survey)) + '\n';
}

}  // namespace

bool can_stand_in_manifest(std::string_view bytes) {
  return text_of_bytes(bytes) == bytes;
}

std::string starter_manifest(const StarterFacts& facts) {
  const std::string name = plain_name(std::filesystem::path(facts.command.front()).filename().string());
  const auto allowed = facts.said.find("allow");
  return fmt::format(
      R"(# What `exitproof certify` tries and certifies. Relative paths are meant from this file's folder.

[library]
name = {0}
version = "0.1.0"
# The files that the certificate is about; globs are welcome.
artefacts = {1}

# What is chosen at random is drawn from it.
# seed = 1

# What every scenario begins with; a key in a [[scenario]] replaces one of here.
[common]
# smoke: the quiet moments, and each kind of fault at its first and last site
# exhaustive: every single fault at every stable site
# exhaustive+second: and then plans of two faults
# random:N: N plans of one to three faults
level = "exhaustive"
# The budget of each scenario. When it cuts the level short, there is no certificate.
time = "10m"
# trials = 10000
# faults = ["kill", "ctrl-c", "signals", "enospc", "errno", "short", "pause"]
# target = "any"
# schedule = "seeded"

{2}
[[scenario]]
name = {3}
command = {4}
{8}{5}
# What may be found, and why; a reason is required.
# [[scenario.allow]]
# file = "/run/{6}.pid"
# reason = "the init system removes it"
# [[scenario.allow]]
# invariant = "no-leftovers"
# subject = "/tmp/{6}-*"
# fault = "kill"
# reason = "systemd-tmpfiles removes it"
{7}
# The tests of a GoogleTest binary, each a scenario:
# [[scenario]]
# name = "unit"
# gtest = "build/unit_test"
# filter = "Shutdown*"
)",
      toml_quoted(name), list_of(facts.artefacts), describe_seen(facts.survey), toml_quoted(name),
      list_of(facts.command), print_slots(facts), name, allowed != facts.said.end() ? allowances(allowed->second) : "",
      facts.directory.empty() ? "" : fmt::format("directory = {}\n", toml_quoted(facts.directory)));
}

}  // namespace exitproof
