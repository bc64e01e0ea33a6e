#include "harness/trial/tracer/call_places.hpp"

#include <algorithm>

namespace exitproof {

namespace {

constexpr std::size_t places_kept = 8;

}  // namespace

bool is_restart_code(std::int64_t result) {
  return result == -512 || result == -513 || result == -514 || result == -516;  // ERESTART* in linux/errno.h
}

CallPlace place_of(const user_regs_struct& registers) {
  return {registers.orig_rax, registers.rip, registers.rsp};
}

CallPlace place_of(const sys::CallEntry& entry) {
  return {entry.number, entry.instruction, entry.stack};
}

void remember_place(Task& task, const CallPlace& place) {
  task.may_come_again.push_back(place);
  if (task.may_come_again.size() > places_kept) {
    task.may_come_again.erase(task.may_come_again.begin());
  }
}

bool comes_again(Task& task, const CallPlace& place) {
  auto& places = task.may_come_again;
  const auto found = std::find(places.rbegin(), places.rend(), place);
  if (found == places.rend()) {
    return false;
  }
  places.erase(found.base() - 1, places.end());
  return true;
}

}  // namespace exitproof
