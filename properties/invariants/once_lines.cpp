#include "properties/invariants/once_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "exitproof/parse_error.hpp"
#include "exitproof/regex.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/handler_fate.hpp"
#include "properties/invariants/messages.hpp"

namespace exitproof {
namespace {

std::size_t count_lines_of(std::string_view text, const Regex& expression) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);  // of a terminal
    if (expression.found_in(line)) ++count;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return count;
}

std::optional<std::size_t> try_count(const Evidence& evidence, const std::string& regex) {
  try {
    return count_lines(evidence, regex);
  } catch (const ParseError&) {
    return std::nullopt;
  }
}

// The site as a survey writes it down: without what a fault adds to it.
std::string place_of(Site site) {
  site.after = false;
  site.delay = Millis{0};
  if (std::holds_alternative<QuietPoint>(site.point)) site.process.reset();
  return site.print();
}

std::set<std::string> ready_sites_of(const Evidence& run, bool by_quiet) {
  std::set<std::string> sites;
  bool ready = false;
  for (const SiteRecord& record : run.sites) {
    const bool now = by_quiet ? std::holds_alternative<QuietPoint>(record.site.point) : record.phase != Phase::start;
    ready = ready || now;
    if (ready) sites.insert(place_of(record.site));
  }
  return sites;
}

// What the plan did to the streams themselves; empty: nothing.
std::string why_lines_may_be_lost(const Evidence& evidence) {
  for (const FaultRecord& record : evidence.faults) {
    if (!record.fired) continue;
    const auto* call = std::get_if<CallPoint>(&record.fault.site.point);
    const bool at_output = call != nullptr && call->call_class == CallClass::out;
    switch (record.fault.action) {
      case Action::epipe:
      case Action::full:
      case Action::hangup:
        return fmt::format("after {} a line may have gone nowhere", record.fault.print());
      case Action::fail:
      case Action::short_write:
        if (at_output) return fmt::format("after {} a line may have gone nowhere", record.fault.print());
        break;
      case Action::kill:
      case Action::kill_tree:
      case Action::ctrl_c:
      case Action::signal:
      case Action::pause:
      case Action::throw_:
      case Action::bad_alloc:
      case Action::raise:
        break;
    }
  }
  return {};
}

bool is_kept_whole(const OutputStream& stream) {
  return stream.bytes <= stream.head.size();
}

// Of all lines, by who has read them as they came; nothing: nobody has looked for that expression.
std::optional<std::size_t> counted_lines(const Evidence& evidence, const std::string& regex) {
  if (!evidence.once_lines) return std::nullopt;
  const auto found = std::ranges::find(*evidence.once_lines, regex, &std::pair<std::string, std::uint64_t>::first);
  return found == evidence.once_lines->end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

bool struck_when_ready(const FaultRecord& record, const Baseline& baseline) {
  return std::ranges::binary_search(baseline.sites_when_ready, place_of(record.fault.site));
}

// Whether the root had registered what it registers without a fault, as far as anybody can tell.
bool was_registered(const Evidence& evidence, const Baseline& baseline) {
  const ProcessPath root = ProcessPath::root();
  const auto ready = [&](const FaultRecord& one) { return struck_when_ready(one, baseline); };
  if (std::ranges::all_of(evidence.faults, ready)) return true;
  if (manner_of(evidence, root) == Manner::normal) return baseline.root_end && evidence.root_end == baseline.root_end;
  return evidence.stopped_by_harness && !struck_down(evidence, root);
}

void judge_missing(const Evidence& evidence, const std::string& regex, const Baseline& baseline, Opinion& result) {
  const ProcessPath root = ProcessPath::root();
  const HandlersAsked asked = handlers_asked(evidence, root);
  if (asked == HandlersAsked::at_most_once) return;
  if (std::ranges::find(baseline.once_seen, regex) == baseline.once_seen.end()) {
    result.skipped.push_back(fmt::format("no line of the fault-free runs matches --once '{}'", regex));
    return;
  }
  if (const std::string why = why_lines_may_be_lost(evidence); !why.empty()) {
    result.skipped.push_back(why);
    return;
  }
  const bool all_seen = is_kept_whole(evidence.out) && is_kept_whole(evidence.err);
  if (!all_seen && !counted_lines(evidence, regex)) {
    result.skipped.emplace_back("it wrote more than is kept of its output");
    return;
  }
  std::string detail =
      fmt::format("no line matches '{}', which stands for an exit handler: {}", regex, how_ended(evidence, root));
  const std::string name = "handlers-once";
  if (!was_registered(evidence, baseline)) {
    detail += "; whether it had been registered by then cannot be told";
  } else if (asked == HandlersAsked::exactly_once) {
    result.violations.push_back({.invariant = name,
                                 .process = root,
                                 .command = command_of(evidence, root),
                                 .subject = regex,
                                 .detail = detail,
                                 .manner = manner_of(evidence, root),
                                 .cases = {{std::string(problem_name(HandlerProblem::never_run))}}});
    return;
  }
  result.notes.push_back({name, root, command_of(evidence, root), regex, detail});
}

}  // namespace

std::size_t count_lines(const Evidence& evidence, const std::string& regex) {
  const Regex expression(regex);
  if (const auto counted = counted_lines(evidence, regex)) return *counted;
  return count_lines_of(evidence.out.head, expression) + count_lines_of(evidence.err.head, expression);
}

std::vector<std::string> once_seen(std::span<const Evidence> runs, const Contract& contract) {
  std::vector<std::string> seen;
  std::ranges::copy_if(contract.once, std::back_inserter(seen), [&](const std::string& regex) {
    return std::ranges::any_of(runs, [&](const Evidence& run) { return try_count(run, regex).value_or(0) > 0; });
  });
  return seen;
}

std::vector<std::string> sites_when_ready(std::span<const Evidence> runs, const Scenario& scenario) {
  if (runs.empty() || scenario.contract.once.empty()) return {};
  const bool by_quiet = !scenario.ready || scenario.ready->kind == ReadyWhen::Kind::quiet;
  std::set<std::string> common = ready_sites_of(runs.front(), by_quiet);
  for (const Evidence& run : runs.subspan(1)) {
    const std::set<std::string> sites = ready_sites_of(run, by_quiet);
    std::erase_if(common, [&](const std::string& one) { return !sites.contains(one); });
  }
  return {common.begin(), common.end()};
}

void judge_once_lines(const Evidence& evidence, const Contract& contract, const Baseline& baseline, Opinion& result) {
  const ProcessPath root = ProcessPath::root();
  if (handlers_asked(evidence, root) == HandlersAsked::nothing) return;
  for (const std::string& regex : contract.once) {
    const std::optional<std::size_t> count = try_count(evidence, regex);
    if (!count) {
      result.skipped.push_back(fmt::format("'{}' is no regular expression", regex));
    } else if (*count == 0) {
      judge_missing(evidence, regex, baseline, result);
    } else if (*count > 1) {
      const std::string detail = fmt::format(
          "{} lines match '{}', which stands for an exit handler: it was run {} times", *count, regex, *count);
      result.violations.push_back({.invariant = "handlers-once",
                                   .process = root,
                                   .command = command_of(evidence, root),
                                   .subject = regex,
                                   .detail = detail,
                                   .manner = manner_of(evidence, root),
                                   .cases = {{std::string(problem_name(HandlerProblem::run_twice))}}});
    }
  }
}

}  // namespace exitproof
