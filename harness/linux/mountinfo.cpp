#include "harness/linux/mountinfo.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "exitproof/parse_error.hpp"
#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// The kernel writes space, tab, newline, backslash and '#' as a backslash and three octal digits.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      plain += static_cast<char>(value);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> split_options(std::string_view text) {
  std::vector<std::string> options;
  for (const auto part : split(text, ',')) {
    options.push_back(unescape(part));
  }
  return options;
}

int parse_id(std::string_view field) {
  int id = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), id);
  if (error != std::errc{} || end != field.data() + field.size()) {
    throw ParseError(1, "a mount's number", std::string(field));
  }
  return id;
}

MountEntry parse_line(std::string_view line) {
  const auto fields = split(line, ' ');
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (dash - fields.begin() < 6 || fields.end() - dash < 3) {
    throw ParseError(1, "a line of mountinfo", std::string(line));
  }
  MountEntry mount;
  mount.id = parse_id(fields[0]);
  mount.parent = parse_id(fields[1]);
  mount.device = fields[2];
  mount.root = unescape(fields[3]);
  mount.mount_point = unescape(fields[4]);
  mount.options = split_options(fields[5]);
  mount.filesystem = unescape(dash[1]);
  mount.source = unescape(dash[2]);
  if (fields.end() - dash > 3) {
    mount.super_options = split_options(dash[3]);
  }
  return mount;
}

// Where a walk along `path` ends: at each mount it enters the first mount point on its way.
const MountEntry* mount_at(const std::vector<MountEntry>& mounts, const MountEntry* current, std::string_view path) {
  // No mount is entered twice, whatever the text says of parents.
  for (std::size_t left = mounts.size(); left > 0; --left) {
    const MountEntry* next = nullptr;
    for (const auto& candidate : mounts) {
      if (candidate.parent == current->id && candidate.id != current->id && lies_within(path, candidate.mount_point) &&
          (next == nullptr || candidate.mount_point.size() < next->mount_point.size())) {
        next = &candidate;
      }
    }
    if (next == nullptr) {
      break;
    }
    current = next;
  }
  return current;
}

const MountEntry* root_mount(const std::vector<MountEntry>& mounts) {
  for (const auto& mount : mounts) {
    const bool parent_is_listed = std::any_of(mounts.begin(), mounts.end(), [&](const MountEntry& other) {
      return other.id == mount.parent && other.id != mount.id;
    });
    if (mount.mount_point == "/" && !parent_is_listed) {
      return &mount;
    }
  }
  return nullptr;
}

}  // namespace

bool MountEntry::has_option(std::string_view option) const {
  return std::find(options.begin(), options.end(), option) != options.end();
}

bool MountEntry::is_read_only() const {
  return has_option("ro") || std::find(super_options.begin(), super_options.end(), "ro") != super_options.end();
}

bool lies_within(std::string_view path, std::string_view directory) {
  if (directory == "/") {
    return true;
  }
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

std::vector<MountEntry> parse_mountinfo(std::string_view text) {
  std::vector<MountEntry> mounts;
  for (const auto line : split(text, '\n')) {
    mounts.push_back(parse_line(line));
  }
  return mounts;
}

std::vector<MountEntry> reachable_mounts(const std::vector<MountEntry>& mounts) {
  const MountEntry* root = root_mount(mounts);
  std::vector<MountEntry> reachable;
  if (root == nullptr) {
    return reachable;
  }
  for (const auto& mount : mounts) {
    if (mount_at(mounts, root, mount.mount_point) == &mount) {
      reachable.push_back(mount);
    }
  }
  std::stable_sort(reachable.begin(), reachable.end(), [](const MountEntry& a, const MountEntry& b) {
    return a.mount_point.size() < b.mount_point.size();
  });
  return reachable;
}

std::vector<MountEntry> read_own_mounts() {
  errno = 0;
  std::ifstream file("/proc/self/mountinfo");
  if (!file) {
    throw_errno("read /proc/self/mountinfo");
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return parse_mountinfo(text);
}

}  // namespace exitproof::sys
