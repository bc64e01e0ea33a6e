#include <algorithm>
#include <map>
#include <set>

#include "exitproof/verification.hpp"
#include "harness/model/steady_events.hpp"
#include "properties/search/drawn_names.hpp"

namespace exitproof {
namespace {

constexpr std::size_t shown_before = 3;
constexpr std::size_t shown_after = 4;

/// What can be compared of one event, and which of the trial's events it is.
struct Step {
  std::string text;
  std::size_t index = 0;
};

using Steps = std::vector<Step>;

/// The steps of one trial: the whole tree's, and those of each thread.
struct Story {
  const Evidence& evidence;
  Steps whole = {};
  std::map<ProcessPath, Steps> threads = {};
  std::set<std::string_view> objects = {};  ///< that its events are about
};

Story story_of(const Evidence& evidence) {
  Story story{evidence};
  SteadyEvents steady;
  for (std::size_t i = 0; i < evidence.events.size(); ++i) {
    const Event& event = evidence.events[i];
    const auto kept = steady.next(event);
    if (!kept) continue;
    story.whole.push_back({event.who.print() + ' ' + kept->text, i});
    if (kept->in_thread) story.threads[event.who].push_back({kept->text, i});
    story.objects.insert(event.object);
  }
  return story;
}

/// Two trials, step by step.
class Comparison {
 public:
  Comparison(const Story& one, const Story& other) : one_(one), other_(other) {}

  /// How many steps are the same in both; nothing when all are.
  std::optional<std::size_t> common_steps(const Steps& left, const Steps& right) const {
    const auto [at, in_right] =
        std::ranges::mismatch(left, right, [this](const Step& a, const Step& b) { return same(a, b); });
    if (at == left.end() && in_right == right.end()) return std::nullopt;
    return static_cast<std::size_t>(at - left.begin());
  }

 private:
  bool same(const Step& left, const Step& right) const {
    return left.text == right.text || same_but_for_a_drawn_name(left, right);
  }

  // A name that is chosen, and not drawn, is met in both trials sooner or later.
  bool same_but_for_a_drawn_name(const Step& left, const Step& right) const {
    const Event& one = one_.evidence.events[left.index];
    Event other = other_.evidence.events[right.index];
    if (one.who != other.who || !drawn_alike(one.object, other.object)) return false;
    if (other_.objects.contains(one.object) || one_.objects.contains(other.object)) return false;
    other.object = one.object;
    const auto with_its_name = SteadyEvents().next(other);
    return with_its_name && left.text.ends_with(with_its_name->text);
  }

  const Story& one_;
  const Story& other_;
};

/// The last steps that two trials have in common.
std::vector<Event> last_common(const Evidence& evidence, const Steps& steps, std::size_t common) {
  std::vector<Event> events;
  for (std::size_t i = common - std::min(common, shown_before); i < common; ++i)
    events.push_back(evidence.events[steps[i].index]);
  return events;
}

/// What follows these, signals too: their handlers may be what makes the difference.
std::vector<Event> what_follows(const Story& story, const Steps& steps, std::size_t common,
                                const std::optional<ProcessPath>& thread) {
  std::vector<Event> events;
  std::size_t left = shown_after;
  for (const Step& step : story.whole) {
    if (common > 0 && step.index <= steps[common - 1].index) continue;
    const Event& event = story.evidence.events[step.index];
    if (thread && event.who != *thread) continue;
    if (left-- == 0) break;
    events.push_back(event);
  }
  return events;
}

/// A thread that did something else.
struct Parted {
  ProcessPath who;
  std::size_t common = 0;
  std::size_t place = 0;  ///< in the order of the tree, in the trial where it comes sooner
};

const Steps& steps_in(const Story& story, const ProcessPath& thread) {
  static const Steps none;
  const auto found = story.threads.find(thread);
  return found == story.threads.end() ? none : found->second;
}

std::vector<Parted> parted_threads(const Story& one, const Story& other) {
  std::set<ProcessPath> all;
  for (const auto& [thread, steps] : one.threads) all.insert(thread);
  for (const auto& [thread, steps] : other.threads) all.insert(thread);
  const Comparison comparison(one, other);
  std::vector<Parted> parted;
  for (const ProcessPath& thread : all) {
    const Steps& left = steps_in(one, thread);
    const Steps& right = steps_in(other, thread);
    const auto common = comparison.common_steps(left, right);
    if (!common) continue;
    const auto place = [&](const Steps& steps) { return *common < steps.size() ? steps[*common].index : SIZE_MAX; };
    parted.push_back({thread, *common, std::min(place(left), place(right))});
  }
  std::ranges::stable_sort(parted, {}, &Parted::place);
  return parted;
}

Parting parting_at(const Story& one, const Steps& left, const Story& other, const Steps& right, std::size_t common,
                   const std::optional<ProcessPath>& thread) {
  Parting parting;
  parting.after = common;
  parting.before = last_common(one.evidence, left, common);
  parting.one = what_follows(one, left, common, thread);
  parting.other = what_follows(other, right, common, thread);
  return parting;
}

}  // namespace

std::optional<Parting> first_parting(const Evidence& first, const Evidence& second) {
  const Story one = story_of(first);
  const Story other = story_of(second);
  const std::vector<Parted> parted = parted_threads(one, other);
  if (!parted.empty()) {
    const ProcessPath& who = parted.front().who;
    Parting parting = parting_at(one, steps_in(one, who), other, steps_in(other, who), parted.front().common, who);
    parting.who = who;
    for (std::size_t i = 1; i < parted.size(); ++i) parting.later.push_back(parted[i].who);
    return parting;
  }
  const auto common = Comparison(one, other).common_steps(one.whole, other.whole);
  if (!common) return std::nullopt;
  Parting parting = parting_at(one, one.whole, other, other.whole, *common, {});
  parting.interleaved = true;
  parting.who = parting.one.empty() ? parting.other.front().who : parting.one.front().who;
  return parting;
}

}  // namespace exitproof
