#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <pugixml.hpp>
#include <sstream>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"

namespace exitproof::cli {
namespace {

using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_binary_and;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

/// A folder for reports that goes away with the test.
class ReportFilesTest : public ::testing::Test {
 protected:
  ReportFilesTest() { std::filesystem::create_directory(folder_); }
  ~ReportFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return folder_ / name; }

  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  Words run(Words options) const {
    options.insert(options.begin(), {"run", "--html", file("r.html"), "--junit", file("r.xml"), "--sarif",
                                     file("r.sarif"), "--faults", "signals,epipe"});
    options.insert(options.end(), {"--", "/bin/sh", "-c", "f=$(mktemp); sleep 0.5; rm $f"});
    return options;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("exitproof-reports-" + std::to_string(::getpid()));
};

TEST_F(ReportFilesTest, TellOfAFindingInEveryFormat) {
  const Ran ran = run_binary(run({"--trials", "4", "--annotations", "github"}));
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_violated)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("::group::exitproof: /bin/sh -c"), HasSubstr("::error title=no-leftovers%3A ")));
  EXPECT_THAT(read("r.html"), AllOf(HasSubstr("Violated: "), HasSubstr("<svg class=\"picture\""),
                                    HasSubstr("0.1 mktemp"), HasSubstr("what happened")));
  pugi::xml_document junit;
  ASSERT_TRUE(junit.load_file(file("r.xml").c_str()));
  const pugi::xml_node suite = junit.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "fault-free").first_child().name(), "");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "signals").child("failure").attribute("type").value(),
               "no-leftovers");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "epipe").first_child().name(), "skipped");
  const nlohmann::json sarif = nlohmann::json::parse(read("r.sarif"));
  EXPECT_EQ(sarif["runs"][0]["results"][0]["ruleId"], "no-leftovers");
}

TEST_F(ReportFilesTest, AreRefusedBeforeAnythingIsTriedWhereTheyCannotBeWritten) {
  for (const std::string option : {"--html", "--junit", "--sarif"}) {
    const Ran ran = run_binary({"run", option, file("none") + "/r", "--", "/bin/true"});
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
    EXPECT_THAT(ran.err, AllOf(HasSubstr(option), HasSubstr("cannot"), Not(HasSubstr("survey"))));
    EXPECT_EQ(ran.out, "");
  }
  const Ran ran = run_binary({"run", "--annotations", "gitlab", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(ran.err, HasSubstr("--annotations expects github or none"));
}

TEST_F(ReportFilesTest, AreRefusedWhereTwoAreOne) {
  std::filesystem::create_symlink("a.x", file("link"));
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
           {file("a.x"), file("a.x")}, {file("a.x"), file("link")}, {file("a.x"), file("./a.x")}, {"-", "-"}}) {
    const Ran ran = run_binary({"run", "--html", one, "--junit", other, "--", "/bin/true"});
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << one << other;
    EXPECT_THAT(ran.err, HasSubstr("--html and --junit expect a file each, and found"));
  }
  EXPECT_FALSE(std::filesystem::exists(file("a.x")));
}

TEST_F(ReportFilesTest, AreWrittenWithWhatThereWasAfterAnInterrupt) {
  const Ran ran = run_binary_and(run({"--json", "-"}), "survey:", SIGINT);
  EXPECT_EQ(ran.status, WaitStatus::killed(SIGINT)) << ran.out << ran.err;
  EXPECT_THAT(read("r.html"), AllOf(HasSubstr("(interrupted)"), HasSubstr("</html>")));
  EXPECT_THAT(read("r.xml"), HasSubstr("<property name=\"interrupted\" value=\"yes\" />"));
  const nlohmann::json sarif = nlohmann::json::parse(read("r.sarif"));
  EXPECT_FALSE(sarif["runs"][0]["invocations"][0]["executionSuccessful"].get<bool>());
}

/// Sets a variable of the environment until the end of its scope.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Environment() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST_F(ReportFilesTest, AnnotateByThemselvesWhereTheServiceSaysSo) {
  const auto has_annotations = [](const char* value, Words options) {
    const Environment actions("GITHUB_ACTIONS", value);
    options.insert(options.begin(), "run");
    options.insert(options.end(), {"--", "/nonexistent/prog"});
    return run_binary(options).out.find("::error title=exitproof::cannot execute") != std::string::npos;
  };
  EXPECT_TRUE(has_annotations("true", {}));
  EXPECT_FALSE(has_annotations("true", {"--annotations", "none"}));
  EXPECT_FALSE(has_annotations("false", {}));
  EXPECT_TRUE(has_annotations("false", {"--annotations", "github"}));
}

}  // namespace
}  // namespace exitproof::cli
