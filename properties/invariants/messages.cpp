#include "properties/invariants/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace exitproof {
namespace {

struct Waker {
  std::string_view call;
  std::string_view who;
};

constexpr std::string_view child = "a child that ends";
constexpr std::string_view descriptor = "a change of one of its descriptors";
constexpr std::string_view holder = "the holder of the lock";
constexpr std::string_view other_end = "whoever holds the other end";
constexpr std::string_view signal_only = "a signal";

constexpr std::array<Waker, 37> wakers = {{
    {"accept", "a client"},
    {"accept4", "a client"},
    {"clone", "its vfork child"},
    {"clone3", "its vfork child"},
    {"connect", "the server"},
    {"epoll_pwait", descriptor},
    {"epoll_pwait2", descriptor},
    {"epoll_wait", descriptor},
    {"fcntl", holder},
    {"flock", holder},
    {"futex", "another task that shares the lock or the condition"},
    {"futex_waitv", "another task that shares the lock or the condition"},
    {"msgrcv", "another process that has the queue"},
    {"msgsnd", "another process that has the queue"},
    {"open", "whoever opens the other end"},
    {"openat", "whoever opens the other end"},
    {"pause", signal_only},
    {"poll", descriptor},
    {"ppoll", descriptor},
    {"pselect6", descriptor},
    {"read", other_end},
    {"readv", other_end},
    {"recvfrom", other_end},
    {"recvmsg", other_end},
    {"rt_sigsuspend", signal_only},
    {"rt_sigtimedwait", signal_only},
    {"select", descriptor},
    {"semop", "another process that has the semaphores"},
    {"semtimedop", "another process that has the semaphores"},
    {"sendmsg", other_end},
    {"sendto", other_end},
    {BlockedTask::stopped, "SIGCONT"},
    {"vfork", "its vfork child"},
    {"wait4", child},
    {"waitid", child},
    {"write", other_end},
    {"writev", other_end},
}};
static_assert(std::ranges::is_sorted(wakers, {}, &Waker::call));

}  // namespace

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string several(std::span<const std::string> names, std::size_t shown) {
  const std::size_t listed = std::min(names.size(), shown);
  const std::string text = fmt::format("{}", fmt::join(names.first(listed), ", "));
  return names.size() == listed ? text : fmt::format("{} and {} more", text, names.size() - listed);
}

std::string command_of(const Evidence& evidence, const ProcessPath& process) {
  const ProcessRecord* record = evidence.find(process.process());
  return record != nullptr ? record->command : std::string{};
}

std::string how_root_ended(const Evidence& evidence) {
  const std::string root = evidence.describe(ProcessPath::root());
  if (!evidence.root_end) return root + " did not end";
  const std::string end = evidence.root_end->print();
  return fmt::format("{} {} {}", root, evidence.root_end->is_exit() ? "ended with" : "was ended by", end);
}

std::string how_ended(const Evidence& evidence, const ProcessPath& process) {
  const ProcessRecord* record = evidence.find(process);
  if (record == nullptr || !record->end) return process.is_root() ? how_root_ended(evidence) : "it did not end";
  const std::string who = evidence.describe(process.process());
  const std::string end = record->end->print();
  // A signal that came on its way out has ended it, and not that way; but for the one that abort(3) raises.
  const bool by_signal = record->end->is_signal() && record->way_out != "abort";
  if (!record->way_out.empty() && !by_signal) return fmt::format("{} ended by {} ({})", who, record->way_out, end);
  if (!record->way_out.empty()) return fmt::format("{} was ended by {} in {}", who, end, record->way_out);
  return fmt::format("{} {} {}", who, record->end->is_exit() ? "ended with" : "was ended by", end);
}

std::string struck_call(const Evidence& evidence) {
  for (auto fault = evidence.faults.rbegin(); fault != evidence.faults.rend(); ++fault) {
    if (!fault->fired || fault->call.empty() || !fault->at_thread) continue;
    std::string text =
        fmt::format("{} had struck {} {} {}", fault->fault.print(), evidence.describe(fault->at_thread->process()),
                    fault->fault.site.after ? "after" : "in", fault->call);
    if (!fault->object.empty()) text += " of " + fault->object;
    return text;
  }
  return {};
}

std::string_view who_could_wake(std::string_view call) {
  const auto found = std::ranges::lower_bound(wakers, call, {}, &Waker::call);
  return found != wakers.end() && found->call == call ? found->who : std::string_view{};
}

}  // namespace exitproof
