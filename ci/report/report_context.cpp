#include "ci/report/report_context.hpp"

#include "ci/report/plain_text.hpp"

namespace exitproof {

std::string replay_line(const ReportContext& context, const FaultPlan& plan) {
  if (!context.test_command.empty()) {
    return "EXITPROOF_REPLAY=" + shell_word(context.plan_prefix + plan.print()) + ' ' +
           shell_words(context.test_command);
  }
  std::vector<std::string> words{context.program, "replay"};
  words.insert(words.end(), context.scenario_options.begin(), context.scenario_options.end());
  words.push_back(plan.print());
  words.emplace_back("--");
  words.insert(words.end(), context.command.begin(), context.command.end());
  return shell_words(words);
}

}  // namespace exitproof
