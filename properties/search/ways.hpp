#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// How an action chooses whom it strikes at a moment at which several processes live.
enum class Aim : std::uint8_t {
  process,  ///< one trial for each process alive
  moment,   ///< one trial for the moment: it strikes the terminal or the whole tree
  call,     ///< one trial for a call that it can happen to; none for a moment without a call
  thrown,   ///< one trial for a point at which such an exception can be thrown
};

/// One way to strike a site.
struct Way {
  FaultKind kind;
  Action action;
  int signal;
  Aim aim;
  bool persistent = false;
  std::string_view exception = {};
  bool first_error_only = false;  ///< of those with which the call can fail
};

/// Ways that show mistakes of one sort. Families take turns, so that none waits for another to have been everywhere.
using Family = std::span<const Way>;

/// What any program meets one day: it is terminated, as by whoever started it; killed; interrupted.
Family ways_at_rest();
/// What it meets there less often: it is told to read its configuration again, to end in another way.
Family other_ways_at_rest();
/// What a program can be expected to mind: one sort of each family is tried at every site of a round before any of the
/// lesser ones is tried anywhere.
std::span<const Family> chief_families();
std::span<const Family> lesser_families();

/// A pause of a given length: the others go on for so long, and then this one.
const Way& timed_pause();

/// Calls that change what is there in one step: just after them the program does not know it yet.
/// After any other call the world is as before the next one.
bool after_matters(CallClass call_class);

/// Of these, those by which a process or a file comes to be, for which nobody answers yet.
bool is_birth(CallClass call_class);

/// By such a call a process or a file comes or goes, or a process learns of it: what lies open for a few calls only
/// begins or ends there.
bool is_telling(const SiteRecord& record);

bool is_quiet(const SiteRecord& record);

/// Nothing for what is no call.
const CallPoint* call_point(const SiteRecord& record);

/// The faults of this way that can happen to the call or the exception's point; none for what it cannot happen to.
/// Only for Aim::call and Aim::thrown.
std::vector<Fault> faults_of_call(const Way& way, const SiteRecord& record);

/// The fault of this way, at a site of which nothing is asked.
Fault fault_at(const Way& way, Site site);

}  // namespace exitproof
