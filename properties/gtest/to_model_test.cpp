#include "properties/gtest/to_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "exitproof/gtest/assertions.hpp"

namespace exitproof::gtest {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

EXITPROOF_SUBJECT(does_nothing) {
  return 0;
}

class Named : public OwnInvariant {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  std::string name() const override { return name_; }
  Opinion judge(const Evidence&, const Contract&, const Baseline&) const override { return {}; }

 private:
  std::string name_;
};

Scenario with_invariants(std::vector<std::string> names) {
  Scenario scenario{.command = {"true"}};
  for (std::string& name : names) scenario.invariants.push_back(std::make_shared<Named>(std::move(name)));
  return scenario;
}

/// What is said against a scenario; empty: nothing.
std::string mistake_in(const Scenario& scenario) {
  try {
    model_of(scenario);
    search_of(scenario);
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(ModelScenario, AFunctionIsThisProgramWithItsName) {
  const auto model = model_of(Scenario{.subject = does_nothing, .arguments = {"one", "two words"}});
  EXPECT_THAT(model.command,
              ElementsAre(HasSubstr("gtest_test"), "exitproof-subject", "does_nothing", "one", "two words"));
  EXPECT_FALSE(has_command_line(Scenario{.subject = does_nothing}));
}

TEST(ModelScenario, SaysWhatTheOptionsSay) {
  const Scenario scenario{.command = {"server"},
                          .environment = {"LANG=C", "EMPTY="},
                          .ready = "listen:8080",
                          .stop = "SIGINT",
                          .timeout = 5s,
                          .outputs = {"r.json"},
                          .grace = 1s,
                          .faults = "kill,pause",
                          .second = 9};
  const auto model = model_of(scenario);
  EXPECT_EQ(model.working_directory, std::filesystem::current_path());
  EXPECT_THAT(model.environment, AllOf(Contains(Pair("LANG", "C")), Contains(Pair("EMPTY", ""))));
  EXPECT_EQ(model.ready->kind, ReadyWhen::Kind::listen);
  EXPECT_EQ(model.contract.grace, 1s);
  const SearchOptions search = search_of(scenario);
  EXPECT_EQ(print_fault_kinds(search.faults.kinds), "kill,pause");
  EXPECT_FALSE(search.exceptions_where_told);
  EXPECT_EQ(search.second_kinds, search.faults.kinds);
  EXPECT_THAT(option_words(scenario),
              ElementsAre("--grace", "1s", "--timeout", "5s", "--ready", "listen:8080", "--stop", "SIGINT", "--output",
                          "r.json", "--env", "LANG=C", "--env", "EMPTY="));
}

TEST(ModelScenario, WhatIsNotSaidIsNoOption) {
  EXPECT_THAT(option_words(Scenario{.command = {"true"}}), IsEmpty());
  EXPECT_TRUE(has_command_line(Scenario{.command = {"true"}}));
  EXPECT_FALSE(has_command_line(Scenario{.command = {"true"}, .directory = "/"}));
  EXPECT_TRUE(search_of(Scenario{.command = {"true"}}).exceptions_where_told);
}

TEST(ModelScenario, MistakesNameTheMember) {
  EXPECT_EQ(mistake_in(Scenario{.command = {"true"}}), "");
  EXPECT_THAT(mistake_in(Scenario{}), HasSubstr("a command or a subject"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .subject = does_nothing}), HasSubstr("one of them only"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .environment = {"LANG"}}), HasSubstr("Scenario.environment"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .ready = "liste:1"}), HasSubstr("Scenario.ready"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .cpus = 0}), HasSubstr("Scenario.cpus"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .world = "overlai"}), HasSubstr("Scenario.world"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .once = {"("}}), HasSubstr("Scenario.once"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .faults = "kil"}),
              AllOf(HasSubstr("Scenario.faults"), HasSubstr("did you mean")));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .target = "al"}), HasSubstr("Scenario.target"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .explore = "all"}), HasSubstr("Scenario.explore"));
  EXPECT_THAT(mistake_in(Scenario{.command = {"true"}, .time = 0s}), HasSubstr("Scenario.time"));
}

TEST(ModelScenario, AnInvariantHasANameOfItsOwn) {
  EXPECT_EQ(mistake_in(with_invariants({"one", "two"})), "");
  EXPECT_THAT(mistake_in(with_invariants({"no-zombies"})), HasSubstr("\"no-zombies\""));
  EXPECT_THAT(mistake_in(with_invariants({"one", "one"})), HasSubstr("no other invariant has"));
  EXPECT_THAT(mistake_in(with_invariants({""})), HasSubstr("Scenario.invariants"));
}

// The main of these tests is GoogleTest's own.
TEST(ModelScenario, AMainWithoutInitIsNamed) {
  const ::testing::AssertionResult result = is_exitproof(does_nothing);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.message(), HasSubstr("exitproof::gtest::init(&argc, argv)"));
}

}  // namespace
}  // namespace exitproof::gtest
