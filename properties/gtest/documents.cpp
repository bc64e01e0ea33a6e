#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "ci/report/json_report.hpp"
#include "ci/report/tool.hpp"
#include "properties/gtest/program.hpp"
#include "properties/gtest/session.hpp"
#include "properties/gtest/to_model.hpp"

namespace exitproof::gtest {

std::vector<std::string> test_command(const std::string& test) {
  return {program().invoked_as, "--gtest_filter=" + test};
}

ReportContext context_of(const Scenario& wanted, const exitproof::Scenario& scenario, const std::string& test,
                         const std::string& plan_prefix) {
  ReportContext context;
  context.tool = tool_text;
  context.kernel = kernel_text();
  context.scenario_options = option_words(wanted);
  context.command = scenario.command;
  context.seeded = wanted.seeded_schedule;
  context.plan_prefix = plan_prefix;
  if (!has_command_line(wanted)) context.test_command = test_command(test);
  return context;
}

// Whoever collects them while we run sees whole ones only.
void write_document(const std::string& name, const CampaignResult& result, const ReportContext& context) {
  const std::filesystem::path folder = program().json_folder;
  if (folder.empty()) return;
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / (name + ".json");
  const std::filesystem::path part = folder / (name + ".json." + std::to_string(::getpid()) + ".part");
  std::ofstream out(part, std::ios::trunc | std::ios::binary);
  out << result_to_json(result, context) << std::flush;
  const bool written = static_cast<bool>(out);
  const int error = errno;
  out.close();
  if (written) return std::filesystem::rename(part, file);
  std::remove(part.c_str());
  throw std::system_error(error, std::generic_category(), "writing " + part.string());
}

}  // namespace exitproof::gtest
