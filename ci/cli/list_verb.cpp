#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/interrupts.hpp"
#include "ci/cli/output.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/topics.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/verbs.hpp"
#include "exitproof/names.hpp"

namespace exitproof::cli {
namespace {

/// The topic of that name, or of each topic that has a member of that name this member alone.
std::vector<Topic> chosen(const std::vector<Topic>& topics, const std::string& wanted) {
  std::vector<Topic> found;
  for (const Topic& topic : topics) {
    if (topic.name == wanted) return {topic};
    Topic part{topic.name, topic.title, {}};
    std::copy_if(topic.entries.begin(), topic.entries.end(), std::back_inserter(part.entries),
                 [&](const TopicEntry& entry) { return entry.name == wanted; });
    if (!part.entries.empty()) found.push_back(std::move(part));
  }
  return found;
}

UsageError unknown_topic(const std::vector<Topic>& topics, const std::string& wanted) {
  std::vector<std::string_view> names;
  std::vector<std::string_view> candidates;
  for (const Topic& topic : topics) {
    names.push_back(topic.name);
    for (const TopicEntry& entry : topic.entries) candidates.push_back(entry.name);
  }
  candidates.insert(candidates.begin(), names.begin(), names.end());
  const auto near = nearest_name(wanted, candidates);
  return UsageError(fmt::format("list expects one of {}, or one of their members, and found \"{}\"{}",
                                fmt::join(names, ", "), wanted, near ? fmt::format(": did you mean {}?", *near) : ""));
}

int execute(const std::string& wanted) {
  std::vector<Topic> topics = all_topics();
  if (!wanted.empty()) {
    std::vector<Topic> found = chosen(topics, wanted);
    if (found.empty()) throw unknown_topic(topics, wanted);
    topics = std::move(found);
  }
  Interrupts interrupts;
  Output output(interrupts);
  for (const Topic& topic : topics) output.print(describe_topic(topic));
  return finish(interrupts, exit_held);
}

}  // namespace

Verb add_list(CLI::App& app) {
  const auto topic = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("list", "name the faults, invariants, call classes and exit statuses");
  set_usage(*verb, "exitproof list [faults|invariants|classes|statuses|NAME]");
  set_examples(*verb, {{"exitproof list faults", "what --faults takes"},
                       {"exitproof list no-orphans", "what a finding of that name says"}});
  verb->add_option("TOPIC", *topic, "only these, or only what has that name");
  return {verb, 1, false, [topic](const Invocation&) { return execute(*topic); }};
}

}  // namespace exitproof::cli
