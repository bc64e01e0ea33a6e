#include "ci/report/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "ci/report/event_words.hpp"
#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

/// Events of no process: the trial's own.
bool is_of_trial(EventKind kind) {
  return kind == EventKind::phase || kind == EventKind::quiet || kind == EventKind::driver;
}

/// What is too frequent to be shown everywhere.
bool is_frequent(EventKind kind) {
  return kind == EventKind::call || kind == EventKind::call_end || kind == EventKind::point || kind == EventKind::quiet;
}

// A subject that goes round in circles fills any page with them.
constexpr std::size_t shown_from_start = 300;
constexpr std::size_t shown_at_end = 100;
constexpr std::size_t shown_near_fault = 50;

/// Of a long story, keeps the beginning, the end and what is near the `centres`.
void hide_the_middle(std::vector<bool>& shown, const std::vector<std::size_t>& centres) {
  const auto all = static_cast<std::size_t>(std::count(shown.begin(), shown.end(), true));
  if (all <= shown_from_start + shown_at_end) return;
  std::size_t met = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (!shown[i]) continue;
    ++met;
    const bool near = std::any_of(centres.begin(), centres.end(), [i](std::size_t centre) {
      return (i > centre ? i - centre : centre - i) <= shown_near_fault;
    });
    shown[i] = met <= shown_from_start || met > all - shown_at_end || near;
  }
}

/// Marks the calls near a fault, counted on each side of it; of the last ones when none has fired.
std::vector<bool> choose_shown(const std::vector<Event>& events, std::size_t around) {
  std::vector<bool> shown(events.size());
  std::vector<std::size_t> centres;
  for (std::size_t i = 0; i < events.size(); ++i) {
    shown[i] = !is_frequent(events[i].kind);
    if (events[i].kind == EventKind::fault) centres.push_back(i);
  }
  if (centres.empty()) centres.push_back(events.size());
  for (const std::size_t centre : centres) {
    std::size_t left = around;
    for (std::size_t i = centre; i-- > 0 && left > 0;) {
      if (!is_frequent(events[i].kind)) continue;
      shown[i] = true;
      --left;
    }
    left = around;
    for (std::size_t i = centre; i < events.size() && left > 0; ++i) {
      if (!is_frequent(events[i].kind)) continue;
      shown[i] = true;
      --left;
    }
  }
  hide_the_middle(shown, centres);
  return shown;
}

class EventLines {
 public:
  EventLines(const Evidence& evidence, const TimelineOptions& options) : evidence_(evidence), options_(options) {
    for (const ProcessRecord& process : evidence.processes) {
      name_width_ = std::max(name_width_, process_name(evidence.processes, process.path).size());
    }
    name_width_ = std::min(name_width_, std::size_t{24});
  }

  std::string print() {
    const std::vector<Event>& events = evidence_.events;
    const std::vector<bool> shown = choose_shown(events, options_.calls_around_fault);
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!shown[i]) {
        hidden_ += events[i].kind == EventKind::call ? 1U : 0U;
        continue;
      }
      print_hidden();
      const bool completed = i + 1 < events.size() && completes(events[i], events[i + 1]);
      std::string words = event_words(events[i]);
      if (completed) words += " = " + result_words(events[i + 1].result);
      print_line(events[i], words);
      if (completed) ++i;
    }
    print_hidden();
    return std::move(text_);
  }

 private:
  void print_line(const Event& event, std::string words) {
    const std::string name = is_of_trial(event.kind) ? "" : process_name(evidence_.processes, event.who);
    if (event.kind == EventKind::fault) words = options_.paint.red(words);
    if (event.kind == EventKind::phase) words = options_.paint.bold(words);
    text_ += fmt::format("{:>9}  {:<{}}  {}\n", describe_duration(event.at), name, name_width_, words);
  }

  void print_hidden() {
    if (hidden_ > 0) text_ += fmt::format("{:>9}  {:<{}}  ... {} more calls\n", "", "", name_width_, hidden_);
    hidden_ = 0;
  }

  const Evidence& evidence_;
  const TimelineOptions& options_;
  std::size_t name_width_ = 1;
  std::size_t hidden_ = 0;
  std::string text_;
};

}  // namespace

std::string describe_processes(const Evidence& evidence) {
  std::string text;
  for (const ProcessRecord& process : evidence.processes) {
    const std::size_t indent = 2 * process.path.births.size();
    std::string words = process.argv.empty() ? process.command : shell_join(process.argv);
    const std::string end = process.end ? process.end->print() : "alive at the end";
    text += fmt::format("  {:{}}{}  {}  [{}]\n", "", indent, process.path.print(), shortened(std::move(words)), end);
  }
  return text;
}

std::string describe_timeline(const Evidence& evidence, const TimelineOptions& options) {
  std::string text = options.paint.bold("processes") + '\n' + describe_processes(evidence);
  text += options.paint.bold("what happened") + '\n' + EventLines(evidence, options).print();
  const std::string faults = describe_faults(evidence);
  if (!faults.empty()) text += options.paint.bold("the fault") + '\n' + faults;
  return text + options.paint.bold("at the end") + '\n' + describe_aftermath(evidence);
}

}  // namespace exitproof
