#include "harness/trial/trusted_copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/linux/digest.hpp"

namespace exitproof {

namespace {

constexpr unsigned early_look = 3;  // enough to see that copies take longer
constexpr unsigned worth_percent = 90;

bool is_checked(const FaultPlan& plan) {
  sys::Digest digest;
  digest.add(plan.print());
  const std::string text = digest.print();
  std::uint64_t sum = 0;
  for (const char each : text) {
    sum = sum * 31 + static_cast<unsigned char>(each);
  }
  return sum % TrustedCopies::checked_one_in == 0;
}

std::vector<std::string> texts_of(const std::vector<FileChange>& files) {
  std::vector<std::string> texts;
  for (const FileChange& file : files) {
    texts.push_back(state_of(file) + (file.maker ? file.maker->print() : ""));
  }
  return texts;
}

std::vector<std::string> processes_of(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const ProcessRecord& one : evidence.processes) {
    texts.push_back(fmt::format("{} {} {} {} {} {} {} {}", one.path.print(), one.pid, one.command, one.executable,
                                one.end ? one.end->print() : "", static_cast<int>(one.reaping), one.way_out,
                                one.sandboxed.has_value()));
  }
  return texts;
}

std::vector<std::string> survivors_of(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const Survivor& one : evidence.survivors) {
    if (one.ended_after) {
      continue;  // a moment's matter
    }
    texts.push_back(fmt::format("{} {}", one.process.print(), one.stopped));
    texts.insert(texts.end(), one.holds.begin(), one.holds.end());
  }
  for (const Zombie& one : evidence.zombies) {
    if (!one.reaped_after) {
      texts.push_back(fmt::format("{} {}", one.process.print(), one.at_parents_end));
    }
  }
  return texts;
}

std::vector<std::string> faults_of(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const FaultRecord& one : evidence.faults) {
    texts.push_back(fmt::format("{} {} {} {} {} {}", one.fired, one.why_not, static_cast<int>(one.landing), one.call,
                                one.object, one.at_thread ? one.at_thread->print() : ""));
    for (const ProcessPath& struck : one.struck) {
      texts.push_back(struck.print());
    }
  }
  return texts;
}

std::vector<std::string> handlers_of(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const Handler& one : evidence.handlers) {
    texts.push_back(fmt::format("{} {} {} {} {}", one.registrar.print(), one.kind, one.name,
                                one.unregistered.has_value(), one.lost_by_exec));
    for (const HandlerRun& run : one.runs) {
      texts.push_back(fmt::format("{} {} {}", run.thread.print(), run.finished.has_value(), run.raised));
    }
  }
  for (const AgentRecord& one : evidence.agents) {
    texts.push_back(one.process.print() + one.name);
  }
  return texts;
}

std::string next_run_of(const Evidence& evidence) {
  if (!evidence.next_run) {
    return {};
  }
  const NextRun& next = *evidence.next_run;
  std::string text = (next.root_end ? next.root_end->print() : "none") + next.failure + next.out.digest;
  for (const std::string& file : texts_of(next.files)) {
    text += file;
  }
  return text;
}

}  // namespace

std::set<std::string> differences(const Evidence& one, const Evidence& other) {
  std::set<std::string> found;
  const auto compare = [&](const char* what, const auto& a, const auto& b) {
    if (!(a == b)) {
      found.insert(what);
    }
  };
  compare("its exit status", one.root_end, other.root_end);
  compare("stdout", one.out, other.out);
  compare("stderr", one.err, other.err);
  compare("files", texts_of(one.files), texts_of(other.files));
  compare("processes", processes_of(one), processes_of(other));
  compare("survivors", survivors_of(one), survivors_of(other));
  compare("faults", faults_of(one), faults_of(other));
  compare("handlers", handlers_of(one), handlers_of(other));
  compare("a hang", one.hang.has_value(), other.hang.has_value());
  compare("the terminal", one.terminal_changes, other.terminal_changes);
  compare("trespasses", one.trespasses, other.trespasses);
  compare("the next run", next_run_of(one), next_run_of(other));
  compare("what each thread did", one.digest.by_thread, other.digest.by_thread);
  compare("what was skipped", std::set<std::string>(one.skipped.begin(), one.skipped.end()),
          std::set<std::string>(other.skipped.begin(), other.skipped.end()));
  return found;
}

TrustedCopies::TrustedCopies(FromStart from_start, AsCopy as_copy, Clock clock)
    : from_start_(std::move(from_start)), as_copy_(std::move(as_copy)), clock_(std::move(clock)) {}

Evidence TrustedCopies::run(const TrialRequest& request) {
  if (off_) {
    return from_start_(request);
  }
  const auto begun = clock_();
  Attempt attempt = as_copy_(request);
  const Duration took = clock_() - begun;
  if (!attempt.evidence) {
    Evidence evidence = from_start_(request);
    if (!attempt.why_never.empty()) {
      give_up(evidence, "there are none: " + attempt.why_never);
    }
    return evidence;
  }
  copy_time_ += took;
  ++copies_;
  if (attempt.evidence->harness_error) {
    Evidence evidence = from_start_(request);
    give_up(evidence, "off, since one failed: " + *attempt.evidence->harness_error);
    return evidence;
  }
  if (agreed_ < checked_first || is_checked(request.plan)) {
    return compare(request, *attempt.evidence, took);
  }
  judge_gain();
  if (saves_nothing_) {
    give_up(*attempt.evidence, "off, since they save no time here");
  }
  return std::move(*attempt.evidence);
}

Evidence TrustedCopies::run_timed(const TrialRequest& request) {
  const auto begun = clock_();
  Evidence evidence = from_start_(request);
  start_time_ += clock_() - begun;
  ++starts_;
  return evidence;
}

Evidence TrustedCopies::compare(const TrialRequest& request, const Evidence& copy, Duration) {
  Evidence evidence = run_timed(request);
  if (evidence.harness_error) {
    return evidence;
  }
  std::set<std::string> apart = differences(copy, evidence);
  const auto forget_unsteady = [&] {
    std::erase_if(apart, [&](const std::string& what) { return unsteady_.contains(what); });
  };
  forget_unsteady();
  for (unsigned control = 0; !apart.empty() && control < controls; ++control) {
    unsteady_.merge(differences(evidence, from_start_(request)));
    forget_unsteady();
  }
  if (!apart.empty()) {
    give_up(evidence, fmt::format("off, since a copy differed from a trial from the start in {} ({})", *apart.begin(),
                                  request.plan.print()));
    return evidence;
  }
  ++agreed_;
  judge_gain();
  if (saves_nothing_) {
    give_up(evidence, "off, since they save no time here");
  }
  return evidence;
}

void TrustedCopies::judge_gain() {
  const bool look = copies_ == early_look || (copies_ >= checked_first && copies_ % checked_first == 0);
  if (!look || starts_ == 0) {
    return;
  }
  // Each by the mean: a template is made for many copies.
  const auto copy = copy_time_ / copies_;
  const auto start = start_time_ / starts_;
  saves_nothing_ = copies_ == early_look ? copy > start : copy * 100 > start * worth_percent;
}

void TrustedCopies::give_up(Evidence& evidence, std::string why) {
  off_ = true;
  evidence.skipped.push_back("snapshots: " + std::move(why));
}

}  // namespace exitproof
