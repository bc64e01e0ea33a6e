#include "exitproof/journal.hpp"

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// A line of a journal that a shard on another machine wrote.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  JournalLine line;
  if (!fuzz::accepts(text, [&] { line = parse_journal_line(text); })) return 0;
  const std::string written = print_journal_line(line);
  fuzz::require(written.find('\n') == std::string::npos, "a line is one line");
  const JournalLine again = parse_journal_line(written);
  fuzz::require(print_journal_line(again) == written, "a line has one text");
  if (const auto* record = std::get_if<JournalRecord>(&line)) {
    fuzz::require(std::get<JournalRecord>(again) == *record, "a trial is read as it was written");
  }
  if (const auto* head = std::get_if<JournalHead>(&line)) {
    fuzz::require(!first_difference(*head, std::get<JournalHead>(again)), "a campaign is the same as itself");
  }
  return 0;
}
