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

/// SearchOptions in texts and numbers.
struct Deciding {
  std::string faults;
  Target target;
  std::string explore;
  std::uint64_t most_faults = 0;
  bool seeded = false;
  std::vector<Regression> regressions;
  unsigned shrink_runs = 0;
  bool exceptions_where_told = false;
  std::uint64_t seed = 0;
  std::uint64_t max_trials = 0;
  unsigned replays = 0;
  bool strict = false;
  bool survey_only = false;
  bool reads = false;
  std::uint64_t second_plans = 0;
  std::optional<std::string> second_kinds;
  Shard shard;
};

/// JournalHead with these.
struct Head {
  std::string tool;
  std::string kernel;
  std::vector<std::string> scenario_options;
  std::string program_files;
  Scenario scenario;
  Deciding search;
};

Deciding deciding(const SearchOptions& search) {
  Deciding texts;
  texts.faults = print_fault_kinds(search.faults.kinds);
  texts.target = search.faults.target;
  texts.explore = explore_name(search.explore);
  texts.most_faults = search.most_faults;
  texts.seeded = search.seeded;
  texts.regressions = search.regressions;
  texts.shrink_runs = search.shrink_runs;
  texts.exceptions_where_told = search.exceptions_where_told;
  texts.seed = search.seed;
  texts.max_trials = search.max_trials;
  texts.replays = search.replays;
  texts.strict = search.strict;
  texts.survey_only = search.survey_only;
  texts.reads = search.reads;
  texts.second_plans = search.second_plans;
  if (search.second_kinds) texts.second_kinds = print_fault_kinds(*search.second_kinds);
  texts.shard = search.shard;
  return texts;
}

Explore explore_of(const std::string& text) {
  if (const auto explore = explore_named(text)) return *explore;
  throw ParseError(1, fmt::format("{} in search.explore", explore_names), fmt::format("\"{}\"", text));
}

/// A list with nothing in it is no list of kinds to its parser.
FaultKinds kinds_of(const std::string& text) {
  try {
    return text.empty() ? FaultKinds{} : parse_fault_kinds(text);
  } catch (const ParseError& error) {
    throw ParseError(1, error.expected(), error.found());  // its column is one of that text
  }
}

SearchOptions search_of(const Deciding& texts) {
  SearchOptions search;
  search.faults.kinds = kinds_of(texts.faults);
  search.faults.target = texts.target;
  search.explore = explore_of(texts.explore);
  search.most_faults = texts.most_faults;
  search.seeded = texts.seeded;
  search.regressions = texts.regressions;
  search.shrink_runs = texts.shrink_runs;
  search.exceptions_where_told = texts.exceptions_where_told;
  search.seed = texts.seed;
  search.max_trials = texts.max_trials;
  search.replays = texts.replays;
  search.strict = texts.strict;
  search.survey_only = texts.survey_only;
  search.reads = texts.reads;
  search.second_plans = texts.second_plans;
  if (texts.second_kinds) search.second_kinds = kinds_of(*texts.second_kinds);
  search.shard = texts.shard;
  return search;
}

Head texts_of(const JournalHead& head) {
  return {.tool = head.tool,
          .kernel = head.kernel,
          .scenario_options = head.scenario_options,
          .program_files = head.program_files,
          .scenario = head.scenario,
          .search = deciding(head.search)};
}

}  // namespace

template <typename Visitor, MaybeConst<Regression> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("plan", record.plan);
  visitor("invariant", record.invariant);
  visitor("command", record.command);
  visitor("subject", record.subject);
  visitor("reason", record.reason);
}

namespace {

template <typename Visitor, MaybeConst<Deciding> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("faults", record.faults);
  visitor("target", record.target);
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

template <typename Visitor, MaybeConst<Head> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("tool", record.tool);
  visitor("kernel", record.kernel);
  visitor("scenario_options", record.scenario_options);
  visitor("program_files", record.program_files);
  visitor("search", record.search);
  visitor("scenario", record.scenario);
}

}  // namespace

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
  return json::Document::parse(json::to_text(head_schema, texts_of(head))).flatten();
}

std::string print(const JournalHead& head) {
  return json::to_text(head_schema, texts_of(head));
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
  Head head = json::from_text<Head>(head_schema, text);
  return JournalHead{.tool = std::move(head.tool),
                     .kernel = std::move(head.kernel),
                     .scenario_options = std::move(head.scenario_options),
                     .program_files = std::move(head.program_files),
                     .scenario = std::move(head.scenario),
                     .search = search_of(head.search)};
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
