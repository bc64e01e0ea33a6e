#include "harness/linux/code_map.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <climits>

#include "harness/linux/proc_files.hpp"

namespace exitproof::sys {
namespace {

std::string link_target(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t count = ::readlink(path.c_str(), target, sizeof target);
  return count <= 0 ? std::string() : std::string(target, static_cast<std::size_t>(count));
}

std::string_view next_field(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return field;
}

std::uint64_t hexadecimal(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return number;
}

std::string module_name(std::string_view path, std::string_view root) {
  if (path.empty()) return "[anon]";
  if (root.size() > 1 && path.starts_with(root) && path.substr(root.size()).starts_with('/'))
    path.remove_prefix(root.size());
  return std::string(path);
}

}  // namespace

std::vector<CodeRange> parse_code_map(std::string_view maps, std::string_view root) {
  std::vector<CodeRange> ranges;
  while (!maps.empty()) {
    std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    const std::string_view range = next_field(line);
    if (next_field(line).find('x') == std::string_view::npos) continue;
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) continue;
    CodeRange code;
    code.start = hexadecimal(range.substr(0, dash));
    code.end = hexadecimal(range.substr(dash + 1));
    code.file_offset = hexadecimal(next_field(line));
    next_field(line);  // device
    next_field(line);  // inode
    code.module = module_name(line, root);
    ranges.push_back(std::move(code));
  }
  return ranges;
}

std::vector<CodeRange> read_code_map(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  // The kernel writes paths as the reader's root sees them, so a changed root shows as a prefix.
  return parse_code_map(read_small_file(folder + "/maps").value_or(""), link_target(folder + "/root"));
}

}  // namespace exitproof::sys
