#include "ci/fuzz/fuzz.hpp"
#include "exitproof/pattern.hpp"

using namespace exitproof;

namespace {

std::string literal(std::string_view text) {
  std::string glob;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

/// The words of glob_matches() as a plain recursion, for globs without sets.
bool matches(std::string_view glob, std::string_view path, bool at_component) {
  if (glob.empty()) return path.empty();
  if (at_component && glob.starts_with("**/")) {
    if (matches(glob.substr(3), path, true)) return true;
    for (std::size_t i = 0; i < path.size(); ++i)
      if (path[i] == '/' && matches(glob.substr(3), path.substr(i + 1), true)) return true;
    return false;
  }
  if (glob.front() == '*') {
    const bool deep = glob.starts_with("**");
    for (std::size_t i = 0; i <= path.size(); ++i) {
      if (matches(glob.substr(deep ? 2 : 1), path.substr(i), false)) return true;
      if (i < path.size() && path[i] == '/' && !deep) return false;
    }
    return false;
  }
  if (path.empty()) return false;
  if (glob.front() == '?') return path.front() != '/' && matches(glob.substr(1), path.substr(1), false);
  if (glob.front() == '\\' && glob.size() > 1) glob.remove_prefix(1);
  return glob.front() == path.front() && matches(glob.substr(1), path.substr(1), glob.front() == '/');
}

}  // namespace

// A line with a glob, then a path: the answer is that of the definition, and a path matches itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view path = fuzz::text_of(data, size);
  const std::string_view glob = fuzz::take_field(path);
  const bool matched = glob_matches(glob, path);
  constexpr std::size_t short_enough = 12;  // the recursion takes exponential time
  if (glob.size() <= short_enough && path.size() <= short_enough && glob.find('[') == std::string_view::npos) {
    const std::size_t slash = glob.find('/') == std::string_view::npos ? path.rfind('/') : std::string_view::npos;
    const std::string_view shown = slash == std::string_view::npos ? path : path.substr(slash + 1);
    fuzz::require(matched == matches(glob, shown, true), "a glob matches what its words say");
  }
  fuzz::require(glob_matches(literal(path), path), "a path matches itself");
  const std::string normal = normal_file_glob(glob);
  fuzz::require(file_glob_matches(glob, path) == glob_matches(normal, path), "a file's glob is matched as it is read");
  fuzz::require(normal_file_glob(normal) == normal, "a normal glob stays as it is");
  return 0;
}
