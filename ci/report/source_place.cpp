#include "ci/report/source_place.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

namespace exitproof {
namespace {

bool stands_in_a_path(char character) {
  const bool alphanumeric = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                            (character >= '0' && character <= '9');
  return alphanumeric || std::string_view("-._~/").find(character) != std::string_view::npos;
}

}  // namespace

std::optional<SourcePlace> source_place(const ScenarioReport& scenario, const Finding& finding) {
  if (!finding.struck) return std::nullopt;
  const Frame* frame = telling_frame(finding.struck->stack, finding.struck_executable);
  if (frame == nullptr || frame->file.empty() || frame->line < 1) return std::nullopt;
  return SourcePlace{seen_from_scenario(scenario, frame->file), frame->line, frame->function};
}

std::string seen_from_scenario(const ScenarioReport& scenario, const std::string& path) {
  const std::string folder = scenario.result.survey.scenario.working_directory + '/';
  // Debug information joins the folder of the build and the name that the compiler was given: /a/build/../src/b.cpp.
  const std::string file = std::filesystem::path(path).lexically_normal().string();
  return folder.size() > 1 && file.starts_with(folder) ? file.substr(folder.size()) : file;
}

std::string uri_of(const std::string& path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char character : path) {
    if (stands_in_a_path(character)) {
      uri += character;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return uri;
}

}  // namespace exitproof
