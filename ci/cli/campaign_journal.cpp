#include "ci/cli/campaign_journal.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>
#include <vector>

namespace exitproof::cli {

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
          .scenario = std::move(scenario),
          .search = search};
}

}  // namespace exitproof::cli
