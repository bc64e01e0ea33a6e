#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/own_invariant.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/violation.hpp"

namespace exitproof {

/// A named claim about every trial. `judge` is pure: no system call, no clock, the same opinion for
/// the same evidence. It is not called for evidence with a harness error or a fault that did not fire.
///
/// To add an invariant, add one file to this folder that defines it, with the file's name:
///
///     extern const Invariant no_zombies;
///     const Invariant no_zombies{"no-zombies", "every child is reaped while its parent lives", opinion};
struct Invariant {
  std::string_view name;   ///< "no-zombies"
  std::string_view claim;  ///< what holds when it holds, in one sentence for people
  Opinion (*judge)(const Evidence&, const Contract&, const Baseline&);
};

/// Every invariant, in the order in which results name them.
std::span<const Invariant> all_invariants();

/// What a trial shows.
struct Judgement {
  Verdict verdict = Verdict::held;    ///< never `flaky`: that is said of several trials
  std::vector<Violation> violations;  ///< empty unless the verdict is `violated`
  std::vector<Note> notes;            ///< for `not_exercised` and `harness_error`, why
  std::vector<std::string> skipped;   ///< "check: why", for what could not be judged
};

/// Judges one trial by every invariant, and by those of its program after them. Of a trial with faults only what the fault-free runs do not
/// violate already counts; of a fault-free run everything does. A trial whose end was not
/// seen, and in which nothing is found, is `not_exercised`, never `held`.
Judgement judge(const Evidence& evidence, const Contract& contract, const Baseline& baseline,
                const OwnInvariants& own = {});

/// What the fault-free runs of a scenario leave, return and violate already. Surveys with a harness
/// error are passed over; without any other the baseline has no runs and has not `ended`.
Baseline make_baseline(std::span<const Evidence> surveys, const Scenario& scenario, const OwnInvariants& own = {});

/// The signature by which `judge` knows a violation again in Baseline::known_violations: without the
/// fault's kind, the manner of the end, and what depends on how closely the trial was traced.
std::string known_signature(const Violation& violation);

/// What of these violations is known from then on, by signature and way, each once.
std::vector<KnownViolation> known_by(std::span<const Violation> violations);

/// Takes out what is known. What went wrong in another way, or with more processes, files or handlers than is known,
/// stays as a whole, and says so.
void remove_known(std::vector<Violation>& violations, std::span<const KnownViolation> known);

}  // namespace exitproof
