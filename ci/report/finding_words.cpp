#include "ci/report/finding_words.hpp"

#include <fmt/format.h>

#include <variant>

#include "exitproof/rate.hpp"

namespace exitproof {
namespace {

std::string describe_frame(const Frame& frame) {
  std::string text = frame.function.empty() ? frame.module.substr(frame.module.rfind('/') + 1) : frame.function;
  if (!frame.file.empty()) text += fmt::format(" at {}:{}", frame.file, frame.line);
  return text;
}

}  // namespace

std::string counted(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string describe_plan(const FaultPlan& plan) {
  std::string text;
  for (const Fault& fault : plan.faults) text += (text.empty() ? "" : ", then ") + fault.print();
  if (text.empty()) text = "without any fault";
  return plan.schedule ? fmt::format("{}, under schedule {}", text, *plan.schedule) : text;
}

std::string describe_place(const Finding& finding) {
  const FaultRecord& struck = *finding.struck;
  std::string text = finding.struck_process;
  if (!struck.call.empty()) {
    text += fmt::format("{} {} {}", text.empty() ? "" : ",", finding.plan.faults.back().site.after ? "after" : "before",
                        struck.call);
    if (!struck.object.empty()) text += ' ' + struck.object;
  } else if (std::holds_alternative<QuietPoint>(struck.fault.site.point)) {
    text += std::string(text.empty() ? "" : ", ") + "while every task is blocked";
  } else {
    text += std::string(text.empty() ? "" : ", ") + "at " + struck.fault.site.print();
  }
  const Frame* frame = telling_frame(struck.stack, finding.struck_executable);
  // Of a line of a script, the object is the place.
  if (frame != nullptr && (frame->file.empty() || !struck.object.starts_with(frame->file + ":"))) {
    text += ", in " + describe_frame(*frame);
  }
  return text;
}

std::string describe_rate(const Finding& finding) {
  if (finding.replayed == 0) return "not replayed";
  const std::string rate = fmt::format("{} of {}", finding.same, finding.replayed);
  const std::string words = is_fault_free(finding.plan) ? "in " + rate + " fault-free runs"
                            : finding.flaky()           ? "FLAKY, replayed " + rate
                                                        : "replayed " + rate;
  const std::string real = !finding.in_real_time   ? ""
                           : *finding.in_real_time ? ", and once in real time"
                                                   : ", BUT NOT in the one replay in real time";
  return (finding.flaky() ? words + ", " + interval_words(finding.same, finding.replayed) : words) + real;
}

}  // namespace exitproof
