#include "ci/certify/certificate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "ci/certify/detection_matrix.hpp"
#include "ci/certify/sha256.hpp"
#include "exitproof/evidence_json.hpp"
#include "exitproof/rate.hpp"
#include "harness/model/byte_text.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// Rounded up, as a bound may be.
double bound_of(double rate) {
  return std::ceil(rate * 10'000) / 10'000;
}

OrderedJson digest_json(const std::string& sha256) {
  return {{"sha256", sha256}};
}

OrderedJson files_json(const std::vector<DigestedFile>& files) {
  OrderedJson list = OrderedJson::array();
  for (const DigestedFile& file : files)
    list.push_back({{"name", text_of_bytes(file.name)}, {"digest", digest_json(file.sha256)}});
  return list;
}

OrderedJson programs_json(const std::vector<RunProgram>& programs) {
  OrderedJson list = OrderedJson::array();
  for (const RunProgram& program : programs) {
    OrderedJson one = {{"path", text_of_bytes(program.path)}};
    if (!program.digest.empty()) one["digest"] = digest_json(program.digest);
    if (!program.version.empty()) one["version"] = program.version;
    list.push_back(std::move(one));
  }
  return list;
}

OrderedJson trials_json(const Tally& trials) {
  return {{"planned", trials.planned},
          {"total", trials.total},
          {"held", trials.held},
          {"violated", trials.violated},
          {"not_exercised", trials.not_exercised},
          {"flaky", trials.flaky},
          {"harness_error", trials.harness_error}};
}

/// Without its words for people: they may quote what the subject said, with the time of day in it.
OrderedJson finding_json(const Finding& finding) {
  return {{"invariant", finding.violation.invariant},
          {"command", finding.violation.command},
          {"subject", finding.violation.subject},
          {"fault", fault_kind_name(finding.kind)},
          {"plan", finding.plan.print()},
          {"trials", finding.trials},
          {"replay", {{"times", finding.replayed}, {"same", finding.same}}}};
}

OrderedJson allowance_json(const Allowance& allowance) {
  OrderedJson one = OrderedJson::object();
  const auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) one[key] = value;
  };
  put("file", allowance.file);
  put("invariant", allowance.invariant);
  put("subject", allowance.subject);
  put("command", allowance.command);
  put("fault", allowance.fault);
  put("reason", allowance.reason);
  return one;
}

OrderedJson allowed_json(const ScenarioOutcome& outcome) {
  OrderedJson list = OrderedJson::array();
  for (std::size_t i = 0; i < outcome.asked.allowances.size(); ++i) {
    OrderedJson one = allowance_json(outcome.asked.allowances[i]);
    one["findings"] = OrderedJson::array();
    for (std::size_t k = 0; k < outcome.allowed.size(); ++k) {
      if (outcome.by[k] == i) one["findings"].push_back(finding_json(outcome.allowed[k]));
    }
    list.push_back(std::move(one));
  }
  return list;
}

/// What the trials say of plans that were not tried: only where they were drawn one as the other.
OrderedJson statistical_bound(const Statistics& statistics) {
  if (statistics.drawn == 0 || statistics.drawn_out) return nullptr;
  const bool none = statistics.drawn_violated == 0;
  const double rate =
      none ? highest_rate_of_none(statistics.drawn) : wilson_interval(statistics.drawn_violated, statistics.drawn).high;
  return {{"drawn", statistics.drawn},
          {"violated", statistics.drawn_violated},
          {"highest_rate", bound_of(rate)},
          {"confidence", 0.95}};
}

OrderedJson scenario_json(const ScenarioOutcome& outcome, const ScenarioProvenance& provenance) {
  const CampaignResult& result = outcome.result;
  const Json asked = asked_of(outcome.asked);
  OrderedJson skipped = OrderedJson::array();
  for (const Skip& skip : result.skipped) skipped.push_back({{"check", skip.check}, {"why", skip.why}});
  OrderedJson one = {{"name", outcome.asked.name},
                     {"level", outcome.asked.level.print()},
                     {"bound", outcome.asked.level.bound()},
                     {"faults", print_fault_kinds(outcome.asked.faults)},
                     {"exceptions_where_told", outcome.asked.faults_by_default},
                     {"target", outcome.asked.target.print()},
                     {"schedule", outcome.asked.seeded ? "seeded" : "free"},
                     {"world", world_kind_name(result.survey.scenario.world)},
                     {"asked", OrderedJson::parse(asked.dump(-1, ' ', false, Json::error_handler_t::replace))},
                     {"asked_digest", digest_json(digest_of_json(asked))},
                     {"programs", programs_json(provenance.programs)},
                     {"files", files_json(provenance.files)},
                     {"sites",
                      {{"surveyed", result.catalog.surveyed()},
                       {"tried", result.sites_tried},
                       {"folded", result.catalog.folded()},
                       {"unstable", result.catalog.unstable.size()}}},
                     {"trials", trials_json(result.trials)},
                     {"allowed", allowed_json(outcome)},
                     {"skipped", std::move(skipped)},
                     {"statistical_bound", statistical_bound(result.statistics)}};
  if (result.second) {
    one["second"] = {{"reactions", result.second->reactions},
                     {"followed", result.second->followed},
                     {"plans", result.second->plans},
                     {"tried", result.second->tried}};
  }
  return one;
}

OrderedJson predicate_of(const CertificateParts& parts) {
  const Provenance& provenance = parts.provenance;
  OrderedJson scenarios = OrderedJson::array();
  for (std::size_t i = 0; i < parts.outcomes.size(); ++i) {
    scenarios.push_back(scenario_json(parts.outcomes[i], provenance.scenarios.at(i)));
  }
  std::uint64_t lines = 0;
  for (const ScenarioOutcome& outcome : parts.outcomes) lines += outcome.trials.size();
  OrderedJson predicate = {
      {"library", {{"name", parts.manifest.library}, {"version", parts.manifest.version}}},
      {"tool", {{"name", provenance.tool}, {"digest", digest_json(provenance.tool_digest)}}},
      {"machine",
       {{"kernel", provenance.kernel}, {"architecture", provenance.architecture}, {"libc", provenance.libc}}},
      {"manifest",
       {{"name", text_of_bytes(parts.manifest.path.filename().string())},
        {"digest", digest_json(sha256_of(parts.manifest.text))}}},
      {"seed", std::to_string(parts.manifest.seed)},
      {"scenarios", std::move(scenarios)},
      {"trials", {{"file", trials_file_name}, {"digest", digest_json(sha256_of(parts.trials))}, {"count", lines}}},
      {"detection_matrix", nullptr}};
  if (const std::string_view matrix = detection_matrix_digest(); !matrix.empty()) {
    predicate["detection_matrix"] = {{"digest", digest_json(std::string(matrix))}};
  }
  if (parts.times) predicate["times"] = {{"began", parts.times->began}, {"ended", parts.times->ended}};
  return predicate;
}

}  // namespace

std::string print_trials(const std::vector<ScenarioOutcome>& outcomes) {
  std::string text;
  for (const ScenarioOutcome& outcome : outcomes) {
    for (const TrialLine& line : outcome.trials) text += trial_line_to_json(line);
  }
  return text;
}

std::string digest_of_json(const Json& document) {
  return sha256_of(document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json asked_of(const ManifestScenario& scenario) {
  const Json whole = Json::parse(scenario_to_json(scenario.scenario));
  Json allowed = Json::array();
  for (const Allowance& allowance : scenario.allowances) {
    allowed.push_back(Json::parse(allowance_json(allowance).dump(-1, ' ', false, Json::error_handler_t::replace)));
  }
  Json asked = {{"command", scenario.scenario.command},
                {"directory", scenario.directory.text},
                {"settings", scenario.said},
                {"contract", whole.at("contract")},
                {"level", scenario.level.print()},
                {"faults", print_fault_kinds(scenario.faults)},
                {"target", scenario.target.print()},
                {"schedule", scenario.seeded ? "seeded" : "free"},
                {"allow", std::move(allowed)}};
  for (const WaitStatus& end : scenario.ends) asked["ends"].push_back(end.print());
  return asked;
}

std::string parts_that_differ(const Json& one, const Json& other) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : one.items()) {
    if (other.value(key, Json()) != value) parts.push_back(key);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Json certificate_sums(const Json& statement) {
  Json sums = {{"subject", digest_of_json(statement.at("subject"))}};
  for (const auto& [name, member] : statement.at("predicate").items()) {
    if (name != "sums") sums[name] = digest_of_json(member);
  }
  return sums;
}

std::string print_certificate(const CertificateParts& parts) {
  OrderedJson statement = {{"_type", statement_type},
                           {"subject", files_json(parts.provenance.artefacts)},
                           {"predicateType", certificate_type},
                           {"predicate", predicate_of(parts)}};
  const std::string unsealed = statement.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  statement["predicate"]["sums"] = OrderedJson::parse(certificate_sums(Json::parse(unsealed)).dump());
  return statement.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
}

}  // namespace exitproof
