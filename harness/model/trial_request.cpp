#include "exitproof/trial_request.hpp"

#include "harness/model/json_codec.hpp"

namespace exitproof {

template <typename Visitor, MaybeConst<TrialRequest> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("plan", record.plan);
  visitor("classes", record.classes);
  visitor("events", record.events);
  visitor("sites", record.sites);
  visitor("stacks", record.stacks);
  visitor("decide_waiting", record.decide_waiting);
  visitor("copy_up", record.copy_up);
  visitor("next_run", record.next_run);
  visitor("next_run_limit_ms", record.next_run_limit);
  visitor("clean_state", record.clean_state);
  visitor("cut_after_sites", record.cut_after_sites);
  visitor("real_time", record.real_time);
  visitor("snapshot", record.snapshot);
}

namespace {

constexpr std::string_view request_schema = "exitproof/trial-request/1";

}  // namespace

bool has_virtual_time(const Scenario& scenario, const TrialRequest& request) {
  return scenario.time_mode == TimeMode::virtual_ && !request.real_time;
}

std::string trial_request_to_json(const TrialRequest& request) {
  return json::to_text(request_schema, request);
}

TrialRequest trial_request_from_json(std::string_view text) {
  return json::from_text<TrialRequest>(request_schema, text);
}

}  // namespace exitproof
