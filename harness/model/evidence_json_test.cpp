#include "exitproof/evidence_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/field_count_testing.hpp"
#include "harness/model/parse_error_testing.hpp"
#include "harness/model/record_generators_testing.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(EvidenceJson, write_then_read_is_identity, ()) {
  const Evidence evidence = *generators::record<Evidence>();
  RC_ASSERT(evidence_from_json(evidence_to_json(evidence)) == evidence);
}

RC_GTEST_PROP(EvidenceJson, is_one_line, ()) {
  const std::string text = evidence_to_json(*generators::record<Evidence>());
  RC_ASSERT(text.find('\n') == std::string::npos);
}

RC_GTEST_PROP(ScenarioJson, write_then_read_is_identity, ()) {
  const Scenario scenario = *generators::record<Scenario>();
  RC_ASSERT(scenario_from_json(scenario_to_json(scenario)) == scenario);
}

TEST(EvidenceJson, no_field_of_any_record_is_forgotten) {
  testing::expect_all_fields_visited<Frame>();
  testing::expect_all_fields_visited<ProcessRecord>();
  testing::expect_all_fields_visited<Event>();
  testing::expect_all_fields_visited<ThreadDigest>();
  testing::expect_all_fields_visited<EventDigest>();
  testing::expect_all_fields_visited<SiteRecord>();
  testing::expect_all_fields_visited<Hold>();
  testing::expect_all_fields_visited<FaultRecord>();
  testing::expect_all_fields_visited<BlockedTask>();
  testing::expect_all_fields_visited<Survivor>();
  testing::expect_all_fields_visited<Zombie>();
  testing::expect_all_fields_visited<FileChange>();
  testing::expect_all_fields_visited<Hang>();
  testing::expect_all_fields_visited<HandlerRun>();
  testing::expect_all_fields_visited<Handler>();
  testing::expect_all_fields_visited<AgentRecord>();
  testing::expect_all_fields_visited<Validation>();
  testing::expect_all_fields_visited<OutputStream>();
  testing::expect_all_fields_visited<Evidence>();
  testing::expect_all_fields_visited<Contract>();
  testing::expect_all_fields_visited<Scenario>();
}

TEST(EvidenceJson, reads_well) {
  Evidence evidence;
  evidence.plan = FaultPlan::parse("kill@0:rename:1");
  evidence.root_end = WaitStatus::killed(9);
  evidence.processes.emplace_back().command = "sort";
  const std::string text = evidence_to_json(evidence);
  EXPECT_THAT(text, ::testing::StartsWith(R"({"schema":"exitproof/evidence/1","plan":"kill@0:rename:1",)"
                                          R"("processes":[{"path":"0","pid":0,"command":"sort",)"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("root_end":"SIGKILL")"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("reaping":"unreaped")"));
}

TEST(EvidenceJson, bytes_that_are_no_utf8_come_back) {
  Evidence evidence;
  evidence.out.head = "caf\xe9!";
  EXPECT_EQ(evidence_from_json(evidence_to_json(evidence)).out.head, "caf\xe9!");
}

TEST(EvidenceJson, unknown_members_are_passed_over) {
  std::string text = evidence_to_json({});
  text.insert(1, R"("from_the_future":[1,2],)");
  EXPECT_EQ(evidence_from_json(text), Evidence{});
}

/// The text of an empty evidence with one piece of it replaced.
std::string with(std::string_view piece, std::string_view other) {
  std::string text = evidence_to_json({});
  const std::size_t at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return text.replace(at, piece.size(), other);
}

TEST(EvidenceJson, refuses_what_is_no_evidence) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"[]", "an object"},
      {"{}", "the schema \"exitproof/evidence/1\""},
      {scenario_to_json({}), "the schema \"exitproof/evidence/1\""},
      {with("\"stops\":0,", ""), "the member \"stops\""},
      {with("\"stops\":0", "\"stops\":-1"), "an integer that fits in exitproof/evidence/1.stops, found '-1'"},
      {with("\"stops\":0", "\"stops\":1.5"), "an integer that fits"},
      {with("\"stops\":0", "\"stops\":\"0\""), "an integer that fits"},
      {with("\"processes\":[]", "\"processes\":[7]"), "an object in exitproof/evidence/1.processes[0]"},
      {with("\"processes\":[]", "\"processes\":{}"), "an array"},
      {with("\"bound_a_socket\":false", "\"bound_a_socket\":0"), "true or false"},
      {with("\"reached\":\"start\"", "\"reached\":\"begin\""), "a known name in exitproof/evidence/1.reached"},
      {with("\"waits_on\":\"\"", "\"waits_on\":null"), "a string"},
  };
  for (const auto& [text, words] : cases) testing::expect_parse_error(evidence_from_json, text, 1, words);
}

TEST(EvidenceJson, names_the_place_of_a_wrong_text_form) {
  testing::expect_parse_error(evidence_from_json, with("\"plan\":\"none\"", "\"plan\":\"kill@0:renam:1\""), 8,
                              "in exitproof/evidence/1.plan, found 'renam'");
}

TEST(EvidenceJson, broken_json_is_refused_at_its_column) {
  testing::expect_parse_error(evidence_from_json, "", 1, "a JSON document");
  testing::expect_parse_error(evidence_from_json, R"({"schema":)", 11, "a JSON document");
  testing::expect_parse_error(evidence_from_json, R"({"schema" "x"})", 13, "a JSON document");
}

TEST(EvidenceJson, what_json_allows_and_no_type_holds_is_refused) {
  testing::expect_parse_error(evidence_from_json, R"({"schema":1e999})", 1, "a JSON document");
}

TEST(EvidenceJson, a_deep_document_takes_no_stack) {
  const std::string deep(100'000, '[');
  testing::expect_parse_error(evidence_from_json, deep + std::string(deep.size(), ']'), 65, "not so deep");
  testing::expect_parse_error(evidence_from_json, R"({"schema":"[[[[\"[[[[","x":)" + deep, 27 + 64, "not so deep");
  EXPECT_NO_THROW(evidence_from_json(with("\"waits_on\":\"\"", "\"waits_on\":\"" + deep + "\"")));
}

RC_GTEST_PROP(EvidenceJson, a_cut_document_is_refused, ()) {
  const std::string text = evidence_to_json(*generators::record<Evidence>());
  const auto length = *rc::gen::inRange<std::size_t>(0, text.size());
  RC_ASSERT_THROWS_AS(evidence_from_json(text.substr(0, length)), ParseError);
}

}  // namespace
}  // namespace exitproof
