#include "properties/scenarios/manifest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "exitproof/invariant.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

const ManifestPlaces somewhere{.folder = "/scenarios/x", .programs = "/nowhere", .work_here = "/tmp"};

bool is_invariant(const std::string& name) {
  return std::ranges::any_of(all_invariants(), [&](const Invariant& one) { return one.name == name; });
}

TEST(Manifest, SaysHowEachProgramIsRun) {
  const Manifest manifest = parse_manifest(R"(
name = "x"
command = ["sh", "{folder}/x.sh"]
faults = ["kill", "errno"]
references = ["a", "b"]
zombie = "0ms"
valid = ["*.db=true", "*.txt=cat"]

[[defect]]
name = "loses"
mistake = "it loses"
invariant = "no-leftovers"
plan = "kill@0:open:1"
window = true
also = [{ invariant = "no-hang", reason = "it waits" }]
contract = { grace = "5ms" }

[[real]]
name = "y"
command = ["y"]
stop = "SIGTERM"
facts = [{ plan = "none", invariant = "no-zombies", found = false, since = "3.9", reason = "so" }]
)",
                                           somewhere);
  EXPECT_TRUE(manifest.faults.test(static_cast<std::size_t>(FaultKind::errno_)));
  ASSERT_EQ(manifest.references.size(), 2U);
  EXPECT_EQ(manifest.references[1].scenario.command, (std::vector<std::string>{"sh", "/scenarios/x/x.sh", "b"}));
  EXPECT_EQ(manifest.references[1].scenario.contract.zombie, Millis{0});
  ASSERT_EQ(manifest.defects.size(), 1U);
  const Defect& defect = manifest.defects.front();
  EXPECT_EQ(defect.scenario.command.back(), "loses");
  EXPECT_EQ(defect.scenario.contract.grace, Millis{5});
  EXPECT_EQ(defect.scenario.contract.validators.size(), 2U);
  EXPECT_TRUE(defect.window);
  EXPECT_EQ(defect.also.front().invariant, "no-hang");
  ASSERT_EQ(manifest.reals.size(), 1U);
  EXPECT_EQ(manifest.reals.front().scenario.stop->signal, 15);
  EXPECT_EQ(manifest.reals.front().scenario.contract.zombie, Millis{300}) << "the folder's settings are its own";
  EXPECT_FALSE(manifest.reals.front().facts.front().found);
}

TEST(Manifest, SaysWhichLineIsWrong) {
  const std::string head = "name = \"x\"\ncommand = [\"x\"]\nfaults = [\"kill\"]\n";
  for (const auto& [text, message] :
       {std::pair<std::string, std::string>{"zombi = \"0ms\"\n",
                                            "4:1: a manifest has no key zombi: did you mean zombie?"},
        {"zombie = \"0x\"\n", "4:10: zombie: expected "},
        {"zombie = 7\n", "4:10: zombie: expected a text in quotes, found the number 7"},
        {"[[defect]]\nname = \"d\"\n", "4:1: expected mistake in [[defect]], found none"},
        {"real = 7\n", "4:8: real: expected a list of tables [[real]], found the number 7"}}) {
    try {
      parse_manifest(head + text, somewhere);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, message.size()), message);
    }
  }
}

TEST(Scenarios, AreAllDescribed) {
  std::size_t defects = 0;
  std::size_t windows = 0;
  std::size_t also = 0;
  for (const Manifest& manifest : testing::all_manifests()) {
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(EXITPROOF_SCENARIOS) / manifest.name / "README.md"))
        << manifest.name;
    std::set<std::string> names;
    for (const Defect& defect : manifest.defects) {
      EXPECT_TRUE(names.insert(defect.name).second) << defect.name;
      EXPECT_TRUE(is_invariant(defect.invariant)) << defect.name;
      for (const Defect::Also& other : defect.also) EXPECT_TRUE(is_invariant(other.invariant)) << defect.name;
      defects += 1;
      windows += defect.window ? 1U : 0U;
      also += defect.also.empty() ? 0U : 1U;
    }
  }
  EXPECT_GE(testing::all_manifests().size(), 14U);
  EXPECT_GE(defects, 46U);
  EXPECT_GE(windows, 12U);
  RecordProperty("defects_found_by_another_invariant_too", static_cast<int>(also));
}

}  // namespace
}  // namespace exitproof
