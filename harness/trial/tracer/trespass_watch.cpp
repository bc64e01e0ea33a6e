#include "harness/trial/tracer/trespass_watch.hpp"
#include "exitproof/trial_request.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <filesystem>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/trial/tree/call_paths.hpp"
#include "harness/trial/tree/open_flags.hpp"

namespace exitproof {

namespace {

enum class WhatIsThere : std::uint8_t { nothing, regular, other };

WhatIsThere look_at(const Task& task, const std::string& path) {
  struct stat status {};
  if (!path.starts_with('/') ||
      ::lstat(fmt::format("/proc/{}/root{}", task.process->pid, path).c_str(), &status) != 0) {
    return WhatIsThere::nothing;
  }
  return S_ISREG(status.st_mode) ? WhatIsThere::regular : WhatIsThere::other;
}

/// The same path without empty and "." components. What ".." means, symbolic links decide.
std::string plain(const std::string& path) {
  std::string text;
  for (const auto& part : std::filesystem::path(path)) {
    if (!part.empty() && part != "." && part != "/") {
      text += '/' + part.string();
    }
  }
  return path.starts_with('/') ? text : path;
}

bool may_clean_up(const Process& by, const Process& maker) {
  return &by == &maker || by.executable != maker.executable || maker.path.descends_from(by.path);
}

std::string path_at(const Task& task, int directory, std::uint64_t text) {
  return absolute_path(task, directory, sys::read_string(task.tid, text));
}

struct Effect {
  bool makes = false;
  bool takes_away = false;
};

/// Of a call that succeeds, by what has its path before. To cut a fifo or a device changes nothing.
Effect effect_of(const Task& task, const MetCall& call, WhatIsThere there) {
  const bool nothing = there == WhatIsThere::nothing;
  const bool can_be_cut = there == WhatIsThere::regular;
  if (call.call_class == CallClass::open) {
    const std::uint64_t flags = open_flags(task.tid, call.number, call.args);
    return {.makes = nothing && (flags & O_CREAT) != 0, .takes_away = can_be_cut && (flags & O_TRUNC) != 0};
  }
  if (call.call_class == CallClass::truncate) {
    // Room that fallocate(2) asks for takes nothing away.
    return {.makes = false, .takes_away = can_be_cut && call.number != SYS_fallocate};
  }
  if (call.call_class == CallClass::rename || call.call_class == CallClass::unlink) {
    return {.makes = false, .takes_away = !nothing};
  }
  return {.makes = nothing, .takes_away = false};  // mkdir, link, bind
}

}  // namespace

CallClasses trespass_classes() {
  CallClasses classes;
  for (const CallClass each : {CallClass::open, CallClass::mkdir, CallClass::link, CallClass::bind, CallClass::rename,
                               CallClass::unlink, CallClass::truncate}) {
    classes.set(static_cast<std::size_t>(each));
  }
  return classes;
}

TrespassWatch::TrespassWatch(TrialContext& context)
    : context_(context), active_((context.request.classes & trespass_classes()) == trespass_classes()) {}

bool TrespassWatch::cares_for(const MetCall& call) const {
  return active_ && call.call_class && trespass_classes().test(static_cast<std::size_t>(*call.call_class));
}

TrespassWatch::Change TrespassWatch::change_of(const Task& task, const MetCall& call) {
  Change change;
  switch (call.number) {
    case SYS_rename:
      change.former = path_at(task, AT_FDCWD, call.args[0]);
      change.path = path_at(task, AT_FDCWD, call.args[1]);
      break;
    case SYS_renameat:
    case SYS_renameat2:
      change.former = path_at(task, static_cast<int>(call.args[0]), call.args[1]);
      change.path = path_at(task, static_cast<int>(call.args[2]), call.args[3]);
      break;
    case SYS_bind:
      change.path = absolute_path(task, AT_FDCWD, bound_path(task, call));
      break;
    default:
      change.path = call.object;
      break;
  }
  const WhatIsThere there = look_at(task, change.path);
  change.path = plain(change.path);
  change.former = plain(change.former);
  const Effect effect = effect_of(task, call, there);
  change.makes = effect.makes && change.path.starts_with('/');
  change.takes_away = effect.takes_away;
  return change;
}

void TrespassWatch::before_call(const Task& task, const MetCall& call) {
  under_way_[task.tid] = change_of(task, call);
}

void TrespassWatch::take_away(const Task& task, const MetCall& call, const std::string& path) {
  const auto maker = makers_.find(path);
  if (maker == makers_.end() || maker->second->dead || may_clean_up(*task.process, *maker->second)) {
    return;
  }
  Trespass trespass{task.process->path, maker->second->path, sys::system_call_name(call.number), path};
  auto& all = context_.evidence.trespasses;
  if (std::find(all.begin(), all.end(), trespass) == all.end()) {
    all.push_back(std::move(trespass));
  }
}

void TrespassWatch::after_call(const Task& task, const MetCall& call, std::int64_t result) {
  const auto found = under_way_.extract(task.tid);
  if (found.empty() || result < 0) {
    return;
  }
  const Change& change = found.mapped();
  if (change.takes_away) {
    take_away(task, call, change.path);
  }
  if (change.makes) {
    makers_[change.path] = task.process;
  } else if (call.call_class == CallClass::unlink) {
    makers_.erase(change.path);
  } else if (call.call_class == CallClass::rename) {
    const auto former = makers_.extract(change.former);
    makers_[change.path] = former.empty() ? task.process : former.mapped();
  }
}

}  // namespace exitproof
