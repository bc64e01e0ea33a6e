#include "ci/pages/pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ci/pages/completions.hpp"
#include "ci/pages/man_page.hpp"
#include "exitproof/fault.hpp"

namespace exitproof::pages {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

const CommandPages& real_pages() {
  static const CommandPages pages = [] {
    cli::Command command;
    declare(command);
    return read_pages(command);
  }();
  return pages;
}

OptionPage option_of_type(const std::string& type) {
  return {.names = {"--option"}, .type = type, .usual = {}, .help = {}, .group = {}};
}

TEST(Pages, KnowEveryVerbThatIsNotHidden) {
  std::vector<std::string> names;
  for (const VerbPage& verb : real_pages().verbs) names.push_back(verb.name);
  EXPECT_THAT(names, IsSupersetOf({"run", "survey", "replay", "list", "doctor"}));
  EXPECT_THAT(names, Not(Contains("worker")));
}

TEST(Pages, HoldEveryOptionOfEveryVerb) {
  cli::Command command;
  declare(command);
  for (const cli::Verb& verb : command.verbs) {
    const auto page = std::find_if(real_pages().verbs.begin(), real_pages().verbs.end(),
                                   [&](const VerbPage& known) { return known.name == verb.app->get_name(); });
    if (page == real_pages().verbs.end()) continue;
    EXPECT_EQ(page->options.size() + page->arguments.size(), std::as_const(*verb.app).get_options().size());
    const std::string man = verb_man_page(real_pages(), *page);
    const std::string bash = bash_completion(real_pages());
    for (const OptionPage& option : page->options) {
      for (const std::string& name : option.names) {
        EXPECT_THAT(bash, HasSubstr(name));
        EXPECT_THAT(zsh_completion(real_pages()), HasSubstr(name));
      }
      EXPECT_FALSE(option.help.empty()) << page->name << ' ' << option.names.front();
    }
    EXPECT_THAT(man, AllOf(HasSubstr(".SH OPTIONS\n"), HasSubstr(".SH SYNOPSIS\n"), HasSubstr(".SH SEE ALSO\n")));
  }
}

TEST(Pages, TakeTheValuesOfAnOptionFromItsType) {
  EXPECT_THAT(value_source(option_of_type("free|seeded")).choices, ElementsAre("free", "seeded"));
  EXPECT_THAT(value_source(option_of_type("quiet|file:GLOB|COMMAND")).choices, ElementsAre("quiet", "file:"));
  EXPECT_THAT(value_source(option_of_type("SIGNAL|eof")).choices, IsSupersetOf({"SIGTERM", "eof"}));
  EXPECT_EQ(value_source(option_of_type("FILE")).kind, ValueSource::Kind::file);
  EXPECT_EQ(value_source(option_of_type("N")).kind, ValueSource::Kind::unknown);
}

TEST(Pages, FindTheKindsOfFaultsAndThePlan) {
  const auto verb = [](const std::string& name) {
    return *std::find_if(real_pages().verbs.begin(), real_pages().verbs.end(),
                         [&](const VerbPage& page) { return page.name == name; });
  };
  const VerbPage run = verb("run");
  EXPECT_TRUE(std::any_of(run.options.begin(), run.options.end(), [](const OptionPage& option) {
    return value_source(option).kind == ValueSource::Kind::fault_kinds;
  }));
  ASSERT_EQ(verb("replay").arguments.size(), 1U);
  EXPECT_EQ(value_source(verb("replay").arguments[0]).kind, ValueSource::Kind::plan);
  ASSERT_EQ(verb("list").arguments.size(), 1U);
  EXPECT_EQ(value_source(verb("list").arguments[0]).kind, ValueSource::Kind::topic);
}

TEST(Pages, FaultWordsBeginAFault) {
  EXPECT_THAT(common_fault_words(real_pages()), IsSupersetOf({"kill@", "ctrl-c@", "full@", "short=", "bad-alloc@"}));
  EXPECT_THAT(common_fault_words(real_pages()), Not(Contains("signals@")));
  EXPECT_THAT(fault_words(real_pages()), AllOf(IsSupersetOf({"SIGTERM@", "ENOSPC@"}), Not(Contains("SIGKILL@"))));
}

TEST(Pages, PointWordsBeginAPoint) {
  for (const std::string& word : point_words(real_pages())) {
    const std::string fault = "kill@0:" + word + (word.ends_with('=') ? "text:1" : "1");
    EXPECT_NO_THROW(Fault::parse(fault)) << fault;
  }
}

TEST(ManPage, ItsPlansAreValid) {
  for (const PlanExample& example : plan_examples) EXPECT_EQ(FaultPlan::parse(example.plan).print(), example.plan);
}

TEST(ManPage, TextsAreNoRequestsAndNoEscapes) {
  CommandPages pages;
  pages.version = "exitproof 1";
  pages.description = ".so of a line\n'br and a \\back-slash";
  EXPECT_THAT(command_man_page(pages), HasSubstr("\\&.so of a line\n\\&\\(aqbr and a \\eback\\-slash"));
}

TEST(ManPage, ListsTheMembersOfEveryTopic) {
  const std::string page = command_man_page(real_pages());
  for (const cli::Topic& topic : real_pages().topics) EXPECT_FALSE(topic.entries.empty()) << topic.name;
  EXPECT_THAT(page,
              AllOf(HasSubstr("\\fBno\\-orphans\\fR"), HasSubstr("\\fBkill\\-tree\\fR"), HasSubstr("\\fBrename\\fR")));
}

}  // namespace
}  // namespace exitproof::pages
