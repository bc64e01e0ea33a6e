#include "exitproof/journal.hpp"

#include <fmt/format.h>

#include <utility>

#include "harness/linux/digest.hpp"
#include "harness/model/json_codec.hpp"

namespace exitproof {
namespace {

constexpr std::string_view head_schema = "exitproof/journal/1";
constexpr std::string_view record_schema = "exitproof/journal-trial/1";
constexpr std::string_view end_schema = "exitproof/journal-end/1";

}  // namespace

// Texts in the document, as the command line has them.
namespace json {

static_assert(!std::same_as<FaultKinds, CallClasses>, "call classes are an array of names");

template <>
Document write(const FaultKinds& kinds) {
  return print_fault_kinds(kinds);
}
template <>
Document write(const Explore& explore) {
  return explore_name(explore);
}

/// A list with nothing in it is no list of kinds to its parser.
template <>
void read(const Document& from, const Place& place, FaultKinds& kinds) {
  const std::string_view text = text_of(from, place);
  try {
    kinds = text.empty() ? FaultKinds{} : parse_fault_kinds(text);
  } catch (const ParseError& error) {
    throw ParseError(1, error.expected(), error.found());  // its column is one of that text
  }
}
template <>
void read(const Document& from, const Place& place, Explore& explore) {
  const std::optional<Explore> named = explore_named(text_of(from, place));
  if (!named) fail(place, explore_names, from);
  explore = *named;
}

}  // namespace json

template <typename Visitor, MaybeConst<Regression> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("plan", record.plan);
  visitor("invariant", record.invariant);
  visitor("command", record.command);
  visitor("subject", record.subject);
  visitor("reason", record.reason);
}

/// What decides which trials there are. The time does not: a journal goes on in another.
template <typename Visitor, MaybeConst<SearchOptions> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("faults", record.faults.kinds);
  visitor("target", record.faults.target);
  visitor("explore", record.explore);
  visitor("most_faults", record.most_faults);
  visitor("seeded", record.seeded);
  visitor("regressions", record.regressions);
  visitor("shrink_runs", record.shrink_runs);
  visitor("exceptions_where_told", record.exceptions_where_told);
  visitor("seed", record.seed);
  visitor("max_trials", record.max_trials);
  visitor("replays", record.replays);
  visitor("strict", record.strict);
  visitor("survey_only", record.survey_only);
  visitor("reads", record.reads);
  visitor("second_plans", record.second_plans);
  visitor("second_kinds", record.second_kinds);
  visitor("shard", record.shard);
}

template <typename Visitor, MaybeConst<JournalHead> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("tool", record.tool);
  visitor("kernel", record.kernel);
  visitor("scenario_options", record.scenario_options);
  visitor("program_files", record.program_files);
  visitor("search", record.search);
  visitor("scenario", record.scenario);
}

template <typename Visitor, MaybeConst<JournalRecord> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("name", record.name);
  visitor("request", record.request);
  visitor("at_ms", record.at);
  visitor("evidence", record.evidence);
}

template <typename Visitor, MaybeConst<JournalEnd> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("out_of_time", record.out_of_time);
}

namespace {

/// Its members by their places, by way of the text, so that what is compared is what is read.
json::Document flat(const JournalHead& head) {
  return json::Document::parse(json::to_text(head_schema, head)).flatten();
}

std::string print(const JournalHead& head) {
  return json::to_text(head_schema, head);
}
std::string print(const JournalRecord& record) {
  return json::to_text(record_schema, record);
}
std::string print(const JournalEnd& end) {
  return json::to_text(end_schema, end);
}

bool is_of(std::string_view schema, std::string_view text) {
  return text.starts_with(fmt::format("{{\"schema\":\"{}\"", schema));
}

/// "/search/seed" as people write it.
std::string dotted(std::string pointer) {
  pointer.erase(0, 1);
  for (char& c : pointer) {
    if (c == '/') c = '.';
  }
  return pointer;
}

}  // namespace

std::string print_journal_line(const JournalLine& line) {
  return std::visit([](const auto& one) { return print(one); }, line);
}

JournalLine parse_journal_line(std::string_view text) {
  if (is_of(record_schema, text)) return json::from_text<JournalRecord>(record_schema, text);
  if (is_of(end_schema, text)) return json::from_text<JournalEnd>(end_schema, text);
  return json::from_text<JournalHead>(head_schema, text);
}

std::optional<std::string> first_difference(const JournalHead& one, const JournalHead& other) {
  const json::Document left = flat(one);
  const json::Document right = flat(other);
  const auto value_in = [](const json::Document& document, const std::string& key) {
    return document.contains(key) ? document[key].dump() : std::string("nothing");
  };
  for (const json::Document& document : {left, right}) {
    for (const auto& [key, value] : document.items()) {
      const std::string in_one = value_in(left, key);
      const std::string in_other = value_in(right, key);
      const bool other_shard = key == "/search/shard" && one.search.shard.of == other.search.shard.of;
      const bool other_words = key.starts_with("/scenario_options");  // for the same scenario
      if (in_one != in_other && !other_shard && !other_words)
        return fmt::format("{}: {} and {}", dotted(key), in_one, in_other);
    }
  }
  return std::nullopt;
}

std::string digest_of_request(const TrialRequest& request) {
  TrialRequest asked = request;
  asked.next_run_limit = {};
  sys::Digest digest;
  digest.add(trial_request_to_json(asked));
  return digest.print();
}

}  // namespace exitproof
