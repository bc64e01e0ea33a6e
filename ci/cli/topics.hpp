#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exitproof::cli {

struct TopicEntry {
  std::string name;
  std::string text;  ///< may be empty
};

/// Something that `exitproof list` and the manual page name the members of.
struct Topic {
  std::string_view name;   ///< a word: "faults"
  std::string_view title;  ///< "Kinds of faults"
  std::vector<TopicEntry> entries;
};

/// The topic's members as `list` prints them, one a line, below its name.
std::string describe_topic(const Topic& topic);

/// Kinds of faults, invariants, call classes, exit statuses.
std::vector<Topic> all_topics();

}  // namespace exitproof::cli
