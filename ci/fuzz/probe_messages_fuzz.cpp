#include "harness/trial/tracer/probe_messages.hpp"

#include <unistd.h>

#include "ci/fuzz/fuzz.hpp"
#include "harness/trial/tracer/handler_book.hpp"
#include "harness/trial/tracer/point_book.hpp"

using namespace exitproof;

namespace {

constexpr std::size_t messages_max = 64;

/// The line "K HTEXT" is a message of kind 'A' + K, with H for its handler; in its text '|' ends a field. A text that
/// begins with '!' lies at an address where nothing is.
ProbeMessage message_of(std::string_view line) {
  sys::CallEntry entry;
  std::string text(line.substr(std::min<std::size_t>(3, line.size())));
  for (char& c : text)
    if (c == '|') c = '\n';
  const auto number_at = [&](std::size_t at) { return at < line.size() ? static_cast<std::uint64_t>(line[at]) : 0; };
  const std::uint64_t address = text.starts_with('!') ? number_at(3) : reinterpret_cast<std::uint64_t>(text.c_str());
  const std::uint64_t kind = EXITPROOF_AGENT + (number_at(0) - 'A');
  entry.args[1] = kind;
  const bool by_handler = kind == EXITPROOF_REGISTERED || kind == EXITPROOF_RAISED || kind == EXITPROOF_UNREGISTERED ||
                          kind == EXITPROOF_STARTED || kind == EXITPROOF_FINISHED;
  entry.args[2] = by_handler ? number_at(2) : address;
  entry.args[3] = by_handler ? address : number_at(2) << (number_at(1) % 64);
  const auto message = read_probe_message(::getpid(), entry);
  const bool known = kind >= EXITPROOF_AGENT && kind <= EXITPROOF_SILENCER;
  fuzz::require(message.has_value() == known, "what the protocol has is read");
  return message.value_or(ProbeMessage{});
}

struct Subject {
  Subject()
      : scenario(),
        request{.plan = {}, .classes = {}, .events = true, .sites = true, .copy_up = {}, .clean_state = {}} {}
  Scenario scenario;
  TrialRequest request;
  TrialContext context{scenario, request};
  sys::StackReader stacks;
  HandlerBook handlers{context, stacks};
  PointBook points{context, stacks};
};

}  // namespace

// A subject may send any messages in any order: the books stay whole, and what is kept of them is bounded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  Subject subject;
  constexpr pid_t nobody = 0x7fffffff;
  Process& process = subject.context.tree.add_root(nobody, Micros{0});
  Task& task = *subject.context.tree.find(nobody);
  for (std::size_t sent = 0; !text.empty() && sent < messages_max; ++sent) {
    const ProbeMessage message = message_of(fuzz::take_field(text));
    fuzz::require(message.text.size() <= EXITPROOF_TEXT_MAX, "a message's text is bounded");
    fuzz::require(message.line >= 0, "a line is counted from 1, or is not known");
    fuzz::require(line_number(message_field(message.text, 3)) >= 0, "a line is counted from 1, or is not known");
    subject.handlers.hear(task, message);
    if (PointBook::is_point(message)) subject.points.record(task, PointBook::count(task, message, sent % 3 == 2));
    if (sent % 16 == 15) subject.handlers.forget_program(process);
  }
  subject.handlers.finish();
  for (const Handler& handler : subject.context.evidence.handlers)
    for (const HandlerRun& run : handler.runs)
      fuzz::require(!run.finished || *run.finished >= run.started, "time goes on");
  for (const SiteRecord& record : subject.context.evidence.sites)
    fuzz::require(Site::parse(record.site.print()) == record.site, "a site that was passed can be asked for");
  return 0;
}
