#include "exitproof/journal_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "properties/search/journaled_campaign_testing.hpp"

namespace exitproof {
namespace {

using ::testing::HasSubstr;
using testing::head_of;
using testing::ScratchFolder;

JournalRecord record(const std::string& name) {
  return {.name = name, .request = "0123456789abcdef", .at = Millis{7}, .evidence = testing::clean_run({})};
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

/// What is said of a journal that cannot be used.
template <typename Use>
std::string refusal(Use use) {
  try {
    use();
  } catch (const JournalError& error) {
    return error.what();
  }
  return "it was accepted";
}

class JournalFile : public ::testing::Test {
 protected:
  void write_two() const {
    JournalWriter writer(path_, head_of({}));
    writer.write(record("one"));
    writer.write(record("two"));
  }

  ScratchFolder folder_;
  std::string path_ = folder_.file("journal");
};

TEST_F(JournalFile, IsReadAsItWasWritten) {
  write_two();
  const JournalRecords journal(path_);
  ASSERT_TRUE(journal.head());
  EXPECT_FALSE(first_difference(*journal.head(), head_of({})));
  EXPECT_THAT(journal.names(), ::testing::ElementsAre("one", "two"));
  EXPECT_EQ(journal.at("two"), record("two"));
  EXPECT_FALSE(journal.has("three"));
  EXPECT_FALSE(journal.end());
}

TEST_F(JournalFile, HasAnEndUntilItGoesOn) {
  write_two();
  JournalWriter writer(path_, head_of({}));
  writer.write(JournalEnd{.out_of_time = true});
  EXPECT_EQ(JournalRecords(path_).end(), JournalEnd{.out_of_time = true});
  writer.write(record("three"));
  EXPECT_FALSE(JournalRecords(path_).end());
}

TEST_F(JournalFile, LosesALastLineThatWasCut) {
  write_two();
  const std::string whole = text_of(path_);
  const std::size_t second = whole.rfind('\n', whole.size() - 2) + 1;
  for (const std::size_t cut : {second + 1, second + 30, whole.size() - 1}) {
    put(path_, whole.substr(0, cut));
    EXPECT_THAT(JournalRecords(path_).names(), ::testing::ElementsAre("one"));
    JournalWriter(path_, head_of({})).write(record("two"));
    EXPECT_EQ(text_of(path_), whole);
  }
  put(path_, whole.substr(0, 10));
  EXPECT_FALSE(JournalRecords(path_).head());
  write_two();
  EXPECT_EQ(text_of(path_), whole);
}

TEST_F(JournalFile, IsRefusedWithTheLineOfAMistake) {
  write_two();
  const std::string whole = text_of(path_);
  const auto said = [&](const std::string& text) {
    put(path_, text);
    return refusal([&] { const JournalRecords journal(path_); });
  };
  EXPECT_THAT(said("rubbish\n"), HasSubstr(path_ + ": line 1, column 1: expected a JSON document"));
  EXPECT_THAT(said(whole + "{}\n"), HasSubstr("line 4"));
  EXPECT_THAT(said(whole + whole), HasSubstr("line 4: expected a trial"));
  const std::string trial = print_journal_line(record("one")) + '\n';
  EXPECT_THAT(said(trial), HasSubstr("line 1: expected what it is of"));
  EXPECT_THAT(said(whole + trial), HasSubstr("there are two of \"one\""));
}

TEST_F(JournalFile, IsOfOneCampaign) {
  write_two();
  const auto said = [&](const JournalHead& head) { return refusal([&] { const JournalWriter writer(path_, head); }); };
  JournalHead other = head_of({});
  other.search.seed = 8;
  EXPECT_THAT(said(other), HasSubstr("it is of another campaign, search.seed: 0 and 8"));
  other = head_of({});
  other.scenario.contract.grace = Millis{5};
  EXPECT_THAT(said(other), HasSubstr("scenario.contract.grace_ms: 2000 and 5"));
  other = head_of({});
  other.search.shard = {.index = 2, .of = 3};
  EXPECT_THAT(said(other), HasSubstr("search.shard: \"1/1\" and \"2/3\""));
  other = head_of({});
  other.search.time = Millis{1};
  EXPECT_THAT(said(other), HasSubstr("accepted"));
}

TEST_F(JournalFile, IsOfOneShard) {
  SearchOptions options;
  options.shard = {.index = 1, .of = 3};
  { const JournalWriter writer(path_, head_of(options)); }
  options.shard.index = 2;
  EXPECT_THAT(refusal([&] { const JournalWriter writer(path_, head_of(options)); }), HasSubstr("of shard 1/3"));
}

TEST_F(JournalFile, IsWrittenByOne) {
  const JournalWriter writer(path_, head_of({}));
  EXPECT_THAT(refusal([&] { const JournalWriter second(path_, head_of({})); }), HasSubstr("another process"));
}

TEST_F(JournalFile, SaysThatItCannotBeReadOrWritten) {
  const std::string nowhere = folder_.file("no/where");
  EXPECT_THAT(refusal([&] { const JournalRecords journal(nowhere); }), HasSubstr("No such file"));
  EXPECT_THAT(refusal([&] { const JournalWriter writer(nowhere, head_of({})); }), HasSubstr("No such file"));
}

}  // namespace
}  // namespace exitproof
