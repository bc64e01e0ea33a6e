#include "ci/certify/certificate_testing.hpp"

#include "ci/certify/sha256.hpp"

namespace exitproof::testing {
namespace {

constexpr const char* text = R"([library]
name = "writer"
version = "1.4"
artefacts = ["writer"]

[[scenario]]
name = "report"
command = ["./writer", "r.json"]
grace = "1s"
faults = ["kill"]

[[scenario.allow]]
invariant = "no-leftovers"
subject = "/tmp/writer-*"
reason = "tmpfiles.d removes it"

[[scenario]]
name = "drawn"
command = ["./writer"]
level = "random:300"
)";

}  // namespace

SampleCertification::SampleCertification() : manifest(parse_release_manifest(text, "exitproof.toml")) {
  ScenarioOutcome& report = outcomes.emplace_back();
  report.asked = manifest.scenarios[0];
  report.result.trials = {.planned = 2, .total = 2, .held = 1, .violated = 1};
  report.result.sites_tried = 2;
  report.result.skipped = {{"terminal-restored", "it has no terminal"}};
  Finding finding;
  finding.violation.invariant = "no-leftovers";
  finding.violation.subject = "/tmp/writer-*";
  finding.violation.detail = "/tmp/writer-1 is left";
  finding.kind = FaultKind::kill;
  finding.plan = FaultPlan::parse("kill@0:open:1");
  finding.trials = 1;
  finding.replayed = finding.same = 5;
  report.allowed = {finding};
  report.by = {0};
  report.trials = {{"report", "kill@0:open:1", "violated", {"no-leftovers /tmp/writer-*"}, {}},
                   {"report", "kill@0:write:1", "held", {}, {}}};
  ScenarioOutcome& drawn = outcomes.emplace_back();
  drawn.asked = manifest.scenarios[1];
  drawn.result.trials = {.planned = 300, .total = 300, .held = 300};
  drawn.result.statistics.drawn = 300;
  drawn.result.second = SecondFaults{};
  drawn.trials.assign(300, {"drawn", "kill@0:write:1", "held", {}, {}});
  provenance = {.tool = "exitproof 0.0.0",
                .tool_digest = sha256_of("tool"),
                .kernel = "Linux 6.18.0",
                .architecture = "x86_64",
                .libc = "glibc 2.36",
                .artefacts = {{"writer", sha256_of("writer")}},
                .scenarios = {{.name = "report",
                               .files = {{"input.txt", sha256_of("input")}},
                               .programs = {{"/usr/bin/python3.11", sha256_of("python"), "Python 3.11.2"},
                                            {"bin/helper", sha256_of("helper"), ""},
                                            {"writer", sha256_of("writer"), ""}}},
                              {.name = "drawn", .files = {}, .programs = {}}}};
}

std::string SampleCertification::print() const {
  return print_certificate({.manifest = manifest,
                            .outcomes = outcomes,
                            .provenance = provenance,
                            .trials = print_trials(outcomes),
                            .times = CertificateTimes{"2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"}});
}

}  // namespace exitproof::testing
