#include "ci/report/source_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace exitproof {
namespace {

bool stands_in_a_path(char character) {
  const bool alphanumeric = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                            (character >= '0' && character <= '9');
  return alphanumeric || std::string_view("-._~/").find(character) != std::string_view::npos;
}

/// Whether a line is known, and it is none of a library of the system: nobody who reads the report can mend that.
bool is_of_subject(const Frame& frame) {
  if (frame.file.empty() || frame.line < 1) return false;
  const std::string module = std::filesystem::path(frame.module).lexically_normal().string();
  static constexpr std::array<std::string_view, 7> of_the_system{"/lib/",       "/lib32/",     "/lib64/", "/usr/lib/",
                                                                 "/usr/lib32/", "/usr/lib64/", "["};
  const auto lies_in = [&](std::string_view folder) { return module.starts_with(folder); };
  const bool is_probe = frame.file.ends_with("/exitproof/probe.h") || frame.file.ends_with("/exitproof/probe.hpp");
  return !is_probe && std::ranges::none_of(of_the_system, lies_in);
}

}  // namespace

std::optional<SourcePlace> source_place(const ScenarioReport& scenario, const Finding& finding) {
  if (!finding.struck) return std::nullopt;
  const std::vector<Frame>& stack = finding.struck->stack;
  const auto is_of_scenario = [&](const Frame& frame) {
    return is_of_subject(frame) && frame.file.starts_with('/') &&
           !seen_from_scenario(scenario, frame.file).starts_with('/');
  };
  auto frame = std::ranges::find_if(stack, is_of_scenario);
  if (frame == stack.end()) frame = std::ranges::find_if(stack, is_of_subject);
  if (frame == stack.end()) return std::nullopt;
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
