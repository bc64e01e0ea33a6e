#include "harness/trial/tracer/scheduler.hpp"

#include <algorithm>

#include "exitproof/check.hpp"

namespace exitproof {

namespace {

constexpr std::uint64_t most_changes = 3;
// A run has ten picks or a hundred thousand, and nobody knows before: each magnitude is as likely as any other.
constexpr std::uint64_t magnitudes_of_place = 13;
constexpr std::uint64_t magnitudes_of_length = 11;

std::uint64_t draw_magnitude(RandomStream& stream, std::uint64_t magnitudes) {
  const std::uint64_t scale = std::uint64_t{1} << (1 + stream.below(magnitudes));
  return stream.below(scale);
}

std::vector<Scheduler::ChangePoint> draw_changes(std::uint64_t seed) {
  RandomStream stream(seed, "change points");
  std::vector<Scheduler::ChangePoint> changes(stream.below(most_changes + 1));
  for (Scheduler::ChangePoint& change : changes) {
    change.at = draw_magnitude(stream, magnitudes_of_place);
    change.lasts = 1 + draw_magnitude(stream, magnitudes_of_length);
  }
  std::sort(changes.begin(), changes.end(), [](const auto& one, const auto& other) { return one.at < other.at; });
  return changes;
}

}  // namespace

Scheduler::Scheduler(std::uint64_t seed) : stream_(seed, "picks"), changes_(draw_changes(seed)) {}

bool Scheduler::is_put_off(const ProcessPath& task) const {
  const auto found = put_off_.find(task);
  return found != put_off_.end() && picks_ < found->second;
}

std::size_t Scheduler::draw(std::span<const ProcessPath* const> held) {
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (!is_put_off(*held[i])) {
      free.push_back(i);
    }
  }
  if (free.empty()) {
    return stream_.below(held.size());
  }
  return free.size() == 1 ? free.front() : free[stream_.below(free.size())];
}

std::size_t Scheduler::pick(std::span<const ProcessPath* const> held) {
  check(!held.empty(), "somebody is there to go on");
  if (held.size() == 1) {
    return 0;
  }
  std::size_t picked = draw(held);
  for (const ChangePoint& change : changes_) {
    if (change.at == picks_) {
      put_off_[*held[picked]] = picks_ + change.lasts;
      picked = draw(held);
    }
  }
  ++picks_;
  return picked;
}

}  // namespace exitproof
