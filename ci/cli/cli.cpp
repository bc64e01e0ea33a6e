#include "ci/cli/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "ci/certify/whole_file.hpp"
#include "ci/cli/command.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/standard_descriptors.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/cli/version.hpp"
#include "ci/report/tool.hpp"
#include "exitproof/journal_file.hpp"
#include "exitproof/names.hpp"

namespace exitproof::cli {
namespace {

constexpr const char* description =
    "Kills, interrupts and signals a program and its children at every point of their run, each time in\n"
    "a world of its own, and tells truthfully what is left behind.";

constexpr const char* statuses =
    "Exit status: 0 all held, 1 a violation, 2 usage, 3 nothing was tried, 77 cannot be tried here,\n"
    "99 the harness failed.";

}  // namespace

void declare(Command& command) {
  command.app.description(description);
  set_usage(command.app, "exitproof VERB [OPTIONS] [-- COMMAND...]");
  set_examples(command.app,
               {{"exitproof run -- ./prog args", "try it at every point, for a minute"},
                {"exitproof replay kill@0:rename:1 -- ./prog args", "once more, with a timeline"},
                {"exitproof survey -- ./prog args", "the points at which it can be struck"},
                {"exitproof init -- ./prog args", "write a first exitproof.toml, for exitproof certify"},
                {"exitproof doctor", "what this machine allows, and how to allow more"}},
               statuses);
  command.app.set_help_flag("-h,--help", "tell what it does, and end");
  command.app.set_help_all_flag("--help-all", "tell of every option, and end");
  command.app.set_version_flag("--version", version_text, "tell which exitproof this is, and end");
  command.app.require_subcommand(0, 1);
  command.verbs = {add_run(command.app),     add_survey(command.app), add_replay(command.app), add_init(command.app),
                   add_certify(command.app), add_verify(command.app), add_merge(command.app),  add_list(command.app),
                   add_doctor(command.app),  add_worker(command.app)};
  for (const Verb& verb : command.verbs) {
    if (!verb.app->get_group().empty()) verb.app->group("Verbs");
  }
}

namespace {

UsageError no_such_verb(const Command& command, const std::string& word) {
  std::vector<std::string> names;
  for (const Verb& verb : command.verbs) {
    if (!verb.app->get_group().empty()) names.push_back(verb.app->get_name());
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  if (const auto near = nearest_name(word, candidates)) {
    return UsageError(fmt::format("there is no verb \"{}\": did you mean {}?", word, *near));
  }
  return UsageError(fmt::format("expected one of {}, and found \"{}\"; to try a program: exitproof run -- {}",
                                fmt::join(names, ", "), word, word));
}

/// CLI11 takes the words in reverse.
void parse(CLI::App& app, std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());
  app.parse(std::move(words));
}

int run_verb(Command& command, const Verb& verb, const std::vector<std::string>& arguments) {
  const std::span<const std::string> rest(arguments.begin() + 2, arguments.end());
  SplitLine line = split_line(*verb.app, rest, verb.bare_words);
  line.ours.insert(line.ours.begin(), arguments[1]);
  parse(command.app, line.ours);
  const std::string name = verb.app->get_name();
  if (verb.takes_command && line.command.empty()) {
    throw UsageError(fmt::format("{} expects a command to try, and found none: exitproof {} [OPTIONS] -- COMMAND...",
                                 name, verb.bare_words == 0 ? name : name + " PLAN"));
  }
  if (!verb.takes_command && !line.command.empty()) {
    throw UsageError(fmt::format("{} expects no further word, and found \"{}\"", name, line.command.front()));
  }
  Invocation invocation;
  invocation.verb = verb.app;
  invocation.context.tool = version_text;
  invocation.context.kernel = kernel_text();
  invocation.context.program = arguments.front();
  invocation.context.scenario_options = given_options(*verb.app, ScenarioOptions::group);
  invocation.context.command = line.command;
  return verb.execute(invocation);
}

int run_or_throw(Command& command, const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) throw UsageError("expected a verb, and found none: see exitproof --help");
  const std::string& word = arguments[1];
  const auto verb = std::find_if(command.verbs.begin(), command.verbs.end(),
                                 [&](const Verb& known) { return known.app->get_name() == word; });
  if (verb != command.verbs.end()) return run_verb(command, *verb, arguments);
  if (!word.starts_with('-')) throw no_such_verb(command, word);
  if (command.app.get_option_no_throw(word) == nullptr) throw unknown_option(command.app, word);
  parse(command.app, {word});
  throw UsageError("expected a verb, and found only options: see exitproof --help");
}

int say(ExitStatus status, const std::string& message) {
  complain(message);
  return status;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  Command command;
  declare(command);
  try {
    return run_or_throw(command, arguments);
  } catch (const CLI::Success& help_or_version) {
    const int status = command.app.exit(help_or_version);
    return std::cout.flush() ? status : say(exit_harness_failed, "writing to standard output failed");
  } catch (const CLI::ParseError& error) {
    return say(exit_usage, error.what());
  } catch (const UsageError& error) {
    return say(exit_usage, error.what());
  } catch (const JournalError& error) {
    return say(exit_usage, error.what());
  } catch (const FileTooLong& error) {
    return say(exit_usage, error.what());
  } catch (const CannotTry& error) {
    return say(exit_cannot_try, error.what());
  } catch (const std::system_error& error) {
    return say(exit_harness_failed, error.what());
  }
}

}  // namespace exitproof::cli
