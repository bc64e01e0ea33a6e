#include "exitproof/evidence_json.hpp"

#include "harness/model/json_codec.hpp"

namespace exitproof {
namespace {

constexpr std::string_view evidence_schema = "exitproof/evidence/1";
constexpr std::string_view scenario_schema = "exitproof/scenario/1";

}  // namespace

std::string evidence_to_json(const Evidence& evidence) {
  return json::to_text(evidence_schema, evidence);
}

Evidence evidence_from_json(std::string_view text) {
  return json::from_text<Evidence>(evidence_schema, text);
}

std::string scenario_to_json(const Scenario& scenario) {
  return json::to_text(scenario_schema, scenario);
}

Scenario scenario_from_json(std::string_view text) {
  return json::from_text<Scenario>(scenario_schema, text);
}

}  // namespace exitproof
