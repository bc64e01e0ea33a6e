#include "ci/cli/campaign_journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "ci/certify/files_at_hand.hpp"
#include "harness/linux/digest.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;

void add_file(sys::Digest& digest, const fs::path& path) {
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::error_code none;
  if (file.is_open() && fs::is_regular_file(path, none)) digest.add(sys::digest_of_file(file.get()));
}

/// Of the program and, where no trial can change them, of the files that its arguments name: a script is one of them.
/// Its libraries and modules are not known here.
std::string digest_of_program(const Scenario& scenario) {
  sys::Digest digest;
  if (const auto program = program_of(scenario)) add_file(digest, *program);
  if (scenario.world != WorldKind::overlay) return digest.print();
  for (std::size_t i = 1; i < scenario.command.size(); ++i) {
    add_file(digest, scenario.working_directory / fs::path(scenario.command[i]));
  }
  return digest.print();
}

}  // namespace

std::optional<std::uint64_t> CampaignJournal::seed_in(const std::string& path) {
  if (path.empty() || !std::filesystem::exists(path)) return std::nullopt;
  const std::optional<JournalHead> head = read_journal_head(path);
  return head ? std::optional(head->search.seed) : std::nullopt;
}

CampaignJournal::CampaignJournal(const std::string& path, const JournalHead& head) : path_(path) {
  if (!path.empty()) writer_.emplace(path, head);
}

TrialService& CampaignJournal::over(TrialService& trials, SearchOptions& search) {
  if (!writer_) return trials;
  service_ = std::make_unique<JournaledService>(trials, std::vector{&writer_->there()}, &*writer_);
  search.now = [service = service_.get()] { return service->now(); };
  return *service_;
}

void CampaignJournal::end(const CampaignResult& result) {
  const bool at_its_end = !result.interrupted && !result.survey.refusal;
  if (writer_ && at_its_end) writer_->write(JournalEnd{.out_of_time = result.out_of_time});
}

std::string CampaignJournal::words() const {
  const std::size_t count = writer_ ? writer_->there().names().size() : 0;
  return count == 0 ? "" : fmt::format("{} trial{} in {} already\n", count, count == 1 ? " is" : "s are", path_);
}

std::string CampaignJournal::words_of_time(const CampaignResult& result) const {
  if (!writer_ || !result.out_of_time) return {};
  return fmt::format(
      "the time ran out: what was tried depends on how fast this machine was; the same command with a longer --time "
      "goes on from {}\n",
      path_);
}

JournalHead journal_head(const ReportContext& context, Scenario scenario, const SearchOptions& search) {
  std::string program_files = digest_of_program(scenario);
  scenario.environment.clear();
  const std::vector<std::string>& words = context.scenario_options;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::size_t equals = words[i + 1].find('=');
    if (words[i] != "--env" || equals == std::string::npos) continue;
    scenario.environment.emplace_back(words[i + 1].substr(0, equals), words[i + 1].substr(equals + 1));
  }
  return {.tool = context.tool,
          .kernel = context.kernel,
          .scenario_options = context.scenario_options,
          .program_files = std::move(program_files),
          .scenario = std::move(scenario),
          .search = search};
}

}  // namespace exitproof::cli
