#include "ci/report/process_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ci/report/event_words.hpp"
#include "ci/report/html_text.hpp"
#include "ci/report/picture_axis.hpp"
#include "ci/report/picture_lanes.hpp"
#include "ci/report/plain_text.hpp"

namespace exitproof {
namespace {

constexpr std::size_t most_lanes = 40;
constexpr std::size_t most_signals = 60;
constexpr std::size_t most_files = 8;

// In units of the picture, which are pixels where there is room for all of it.
constexpr double width = 1000;
constexpr double plot_left = 190;
constexpr double plot_right = 690;
constexpr double words_left = 712;
constexpr double top = 16;
constexpr double flag_height = 18;
constexpr double lane_height = 26;
constexpr std::size_t name_letters = 24;
constexpr std::size_t words_letters = 44;

struct Flag {
  Micros at{0};
  std::string words;
  bool is_fault = false;
};

std::vector<Flag> flags_of(const Evidence& evidence) {
  std::vector<Flag> flags;
  for (const FaultRecord& record : evidence.faults) {
    if (record.fired) flags.push_back({record.at, record.fault.print(), true});
  }
  if (evidence.root_end) flags.push_back({evidence.root_ended_at, "the root ends", false});
  std::ranges::stable_sort(flags, {}, &Flag::at);
  return flags;
}

std::vector<const Event*> signals_of(const Evidence& evidence) {
  std::vector<const Event*> signals;
  for (const Event& event : evidence.events) {
    if (event.kind == EventKind::signal && signals.size() < most_signals) signals.push_back(&event);
  }
  return signals;
}

std::vector<Micros> moments_of(const Evidence& evidence, const Lanes& lanes) {
  std::vector<Micros> moments{Micros{0}};
  for (const Flag& flag : flags_of(evidence)) moments.push_back(flag.at);
  for (const Event* signal : signals_of(evidence)) moments.push_back(signal->at);
  for (const Lane& lane : lanes.lanes) {
    moments.push_back(lane.process->born);
    if (lane.process->died) moments.push_back(*lane.process->died);
    if (lane.process->reaped) moments.push_back(*lane.process->reaped);
  }
  // What is alive at the end, and a zombie that nobody reaps, go on beyond the last moment.
  moments.push_back(std::ranges::max(moments) + Millis{1});
  return moments;
}

class Drawing {
 public:
  Drawing(const Evidence& evidence, const std::string& id)
      : evidence_(evidence),
        id_(id),
        lanes_(choose_lanes(evidence, most_lanes)),
        flags_(flags_of(evidence)),
        axis_(moments_of(evidence, lanes_), plot_left, plot_right) {
    lanes_top_ = top + flag_height * static_cast<double>(flags_.size()) + lane_height / 2;
    for (std::size_t i = 0; i < lanes_.lanes.size(); ++i) {
      heights_[lanes_.lanes[i].process->path] = lanes_top_ + lane_height * static_cast<double>(i);
    }
    bottom_ = lanes_top_ + lane_height * static_cast<double>(lanes_.lanes.size());
  }

  std::string print() {
    draw_flags();
    for (const Lane& lane : lanes_.lanes) draw_lane(lane);
    for (const Event* signal : signals_of(evidence_)) draw_signal(*signal);
    draw_strikes();
    draw_foot();
    return fmt::format(
        "<svg class=\"picture\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-labelledby=\"{}-title {}-words\">\n"
        "<title id=\"{}-title\">The process tree of {} over time</title>\n<desc id=\"{}-words\">{}</desc>\n{}</svg>\n",
        width, bottom_ + 4, id_, id_, id_, html_text(evidence_.plan.print()), id_, html_text(in_words()), body_);
  }

 private:
  void line(const char* style, double x1, double y1, double x2, double y2) {
    body_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", style, x1,
                         y1, x2, y2);
  }

  void text(const char* style, double x, double y, const std::string& words, const char* anchor = "start") {
    body_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", style, x, y,
                         anchor, html_text(words));
  }

  void draw_flags() {
    for (std::size_t i = 0; i < flags_.size(); ++i) {
      const Flag& flag = flags_[i];
      const double x = axis_.x(flag.at);
      const double y = top + flag_height * static_cast<double>(i);
      const bool to_the_left = x > (plot_left + plot_right) / 2;
      line(flag.is_fault ? "when fault" : "when", x, y - 8, x, bottom_ - lane_height / 2);
      const std::string words = first_letters(fmt::format("{} at {}", flag.words, describe_duration(flag.at)), 70);
      text(flag.is_fault ? "bad" : "soft", to_the_left ? x - 5 : x + 5, y + 2, words, to_the_left ? "end" : "start");
    }
  }

  void draw_lane(const Lane& lane) {
    const ProcessRecord& process = *lane.process;
    const double y = heights_.at(process.path);
    const double born = axis_.x(process.born);
    const double died = process.died ? axis_.x(*process.died) : axis_.right();
    const double indent = 8 * static_cast<double>(std::min<std::size_t>(process.path.births.size(), 6));
    const std::string name = first_letters(process.path.print() + ' ' + process.command, name_letters);
    text("name", indent, y + 4, name);
    if (process.maker) draw_tie("birth", process.maker->process(), y, born);
    line("life", born, y, died, y);
    if (process.died) {
      draw_end(lane, died, y);
    } else {
      draw_arrow(died, y);
    }
    const bool minded = lane.end == LaneEnd::alive || lane.end == LaneEnd::zombie;
    text(minded ? "bad" : "soft", words_left, y + 4, first_letters(lane.words, words_letters));
  }

  /// A line between the lanes of two processes, where both are drawn.
  void draw_tie(const char* style, const ProcessPath& other, double y, double x) {
    const auto found = heights_.find(other);
    if (found != heights_.end()) line(style, x, found->second, x, y);
  }

  void draw_end(const Lane& lane, double x, double y) {
    const ProcessRecord& process = *lane.process;
    const bool unreaped = lane.end == LaneEnd::zombie && !process.reaped;
    if (process.reaped && process.reaping == Reaping::by_parent) {
      const double reaped = axis_.x(*process.reaped);
      line(lane.end == LaneEnd::zombie ? "unreaped bad" : "unreaped", x, y, reaped, y);
      if (process.reaper) draw_tie("reap", process.reaper->process(), y, reaped);
      body_ += fmt::format("<circle class=\"reaped\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>\n", reaped, y);
    } else if (unreaped) {
      line("unreaped bad", x, y, axis_.right(), y);
    }
    if (process.end && process.end->is_signal()) {
      body_ += fmt::format("<path class=\"killed\" d=\"M{:.1f} {:.1f}l10 10m0 -10l-10 10\"/>\n", x - 5, y - 5);
    } else {
      line("ended", x, y - 6, x, y + 6);
    }
  }

  void draw_arrow(double x, double y) {
    body_ += fmt::format("<path class=\"alive\" d=\"M{:.1f} {:.1f}l12 6l-12 6z\"/>\n", x, y - 6);
  }

  void draw_signal(const Event& signal) {
    const auto found = heights_.find(signal.who.process());
    if (found == heights_.end()) return;
    body_ +=
        fmt::format("<path class=\"signal\" d=\"M{:.1f} {:.1f}l4 -9l-8 0z\"><title>{}</title></path>\n",
                    axis_.x(signal.at), found->second - 1, html_text(signal.who.print() + ' ' + event_words(signal)));
  }

  void draw_strikes() {
    for (const FaultRecord& record : evidence_.faults) {
      if (!record.fired) continue;
      std::vector<ProcessPath> where = record.struck;
      if (where.empty() && record.at_thread) where.push_back(*record.at_thread);
      for (const ProcessPath& process : where) {
        const auto found = heights_.find(process.process());
        if (found == heights_.end()) continue;
        body_ += fmt::format("<path class=\"strike\" d=\"M{:.1f} {:.1f}l-7 11l5 0l-3 9l8 -12l-5 0l4 -8z\"/>\n",
                             axis_.x(record.at) + 1, found->second - 11);
      }
    }
  }

  void draw_foot() {
    const auto next_line = [&](const char* style, const std::string& words) {
      text(style, 0, bottom_ + 4, words);
      bottom_ += 18;
    };
    if (lanes_.left_out > 0) next_line("soft", fmt::format("and {} more processes, not drawn", lanes_.left_out));
    for (const std::string& words : files_in_words()) next_line("file", words);
  }

  std::vector<std::string> files_in_words() const {
    std::vector<std::string> words;
    for (const FileChange& file : evidence_.files) {
      if (words.size() == most_files) {
        words.push_back(fmt::format("and {} more", evidence_.files.size() - most_files));
        break;
      }
      std::string text =
          fmt::format("\u25a0 {} {} {}", change_kind_name(file.kind), file_type_name(file.type), shortened(file.path));
      if (file.maker) text += " by " + evidence_.describe(file.maker->process());
      words.push_back(std::move(text));
    }
    return words;
  }

  std::string in_words() const {
    std::string words;
    for (const Lane& lane : lanes_.lanes) {
      const ProcessRecord& process = *lane.process;
      words += fmt::format("{} is born at {}{}; {}. ", evidence_.describe(process.path),
                           describe_duration(process.born), process.struck ? " and is struck" : "", lane.words);
    }
    if (lanes_.left_out > 0) words += fmt::format("{} more processes are not drawn. ", lanes_.left_out);
    for (const Flag& flag : flags_) words += fmt::format("At {}: {}. ", describe_duration(flag.at), flag.words);
    for (const std::string& file : files_in_words()) words += file + ". ";
    return words;
  }

  const Evidence& evidence_;
  const std::string& id_;
  Lanes lanes_;
  std::vector<Flag> flags_;
  PictureAxis axis_;
  std::map<ProcessPath, double> heights_;
  double lanes_top_ = 0;
  double bottom_ = 0;
  std::string body_;
};

}  // namespace

std::string process_picture(const Evidence& evidence, const std::string& id) {
  return Drawing(evidence, id).print();
}

std::string_view process_picture_style() {
  return R"(.picture{display:block;width:100%;min-width:60rem;max-width:1000px;height:auto;font:12px/1 var(--sans)}
.picture text{fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.picture .soft{fill:var(--soft)}
.picture text.bad{fill:var(--bad);font-weight:600}
.picture line,.picture path{stroke:var(--ink);stroke-width:1.5;fill:none}
.picture .life{stroke-width:4;stroke:var(--life)}
.picture .birth,.picture .reap{stroke:var(--soft);stroke-width:1}
.picture .reap{stroke-dasharray:1 3}
.picture .unreaped{stroke:var(--soft);stroke-width:2;stroke-dasharray:4 3}
.picture line.bad{stroke:var(--bad)}
.picture .when{stroke:var(--soft);stroke-width:1;stroke-dasharray:6 4}
.picture .when.fault{stroke:var(--bad);stroke-dasharray:none}
.picture .killed{stroke:var(--bad);stroke-width:2.5}
.picture .reaped{fill:var(--page);stroke:var(--ink);stroke-width:1.5}
.picture .alive,.picture .strike{fill:var(--bad);stroke:var(--page);stroke-width:1}
.picture .signal{fill:var(--warn);stroke:var(--page);stroke-width:1}
)";
}

}  // namespace exitproof
