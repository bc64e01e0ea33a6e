#include "exitproof/finding.hpp"

#include "exitproof/scheduled_service.hpp"

#include <algorithm>
#include <string_view>

namespace exitproof {
namespace {

// The C library, the kernel, and the agents.
bool is_below_program(const Frame& frame) {
  const std::string_view module = frame.module;
  const std::string_view base = module.substr(module.rfind('/') + 1);
  return base.starts_with("libc.") || base.starts_with("libc-") || base.starts_with("ld-linux") ||
         frame.file.ends_with("/exitproof/probe.h") || frame.file.ends_with("/exitproof/probe.hpp") ||
         base.starts_with("libpthread") || base.starts_with("libexitproof-") || base.starts_with("[");
}

}  // namespace

bool is_fault_free(const FaultPlan& plan) {
  return plan.faults.empty() && (!plan.schedule || *plan.schedule <= survey_schedules);
}

const Frame* telling_frame(const std::vector<Frame>& stack, const std::string& executable) {
  const auto first = [&](auto fits) -> const Frame* {
    const auto found = std::find_if(stack.begin(), stack.end(), fits);
    return found == stack.end() ? nullptr : &*found;
  };
  if (const Frame* frame = first([](const Frame& f) { return !f.file.empty() && !is_below_program(f); })) return frame;
  if (const Frame* frame = first([&](const Frame& f) { return !executable.empty() && f.module == executable; })) {
    return frame;
  }
  return stack.empty() ? nullptr : &stack.front();
}

}  // namespace exitproof
