#include "harness/trial/world/layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <exception>
#include <vector>

#include "harness/linux/kernel_error.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

// The overlay keeps its books in attributes that only the machine's own root may write, or, told
// so, in such as any owner may.
bool may_write_trusted_attributes(int directory) {
  const UniqueFd probe(checked(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open a layer"));
  return ::fsetxattr(probe.get(), "trusted.exitproof", "", 0, 0) == 0;
}

// What to try, best first. Redirects let an existing directory be renamed, the index keeps hard
// links whole, xino keeps st_dev and st_ino those of one file system.
std::vector<sys::MountOptions> overlay_options(bool trusted) {
  std::vector<sys::MountOptions> choices;
  for (const auto& [xino, index] : {std::pair{"on", "on"}, {"on", "off"}, {"auto", "off"}}) {
    sys::MountOptions options = {{"xino", xino}, {"index", index}};
    if (trusted) {
      options.emplace_back("redirect_dir", "on");
      options.emplace_back("metacopy", "off");
    } else {
      options.emplace_back("userxattr", "");
    }
    choices.push_back(std::move(options));
  }
  return choices;
}

}  // namespace

void open_lower(Layer& layer, int base) {
  const auto path = layer.lower_path.substr(1);
  layer.lower = UniqueFd(checked(::openat(base, path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                                 "open the lower layer of " + layer.place));
  layer.attributes = sys::read_attributes(layer.lower.get());
}

void make_upper(const Layer& layer, int trial, const std::string& name) {
  const auto upper = name + "/upper";
  checked(::mkdirat(trial, name.c_str(), 0755), "make an upper layer");
  checked(::mkdirat(trial, upper.c_str(), 0755), "make an upper layer");
  checked(::mkdirat(trial, (name + "/work").c_str(), 0755), "make a work directory");
  const UniqueFd directory(
      checked(::openat(trial, upper.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open " + upper));
  sys::give_attributes(directory.get(), layer.attributes);
}

UniqueFd make_overlay(const Layer& layer, const std::string& name) {
  sys::MountOptions options = {{"source", "exitproof"},
                               {"lowerdir", layer.lower_path},
                               {"upperdir", "/trial/" + name + "/upper"},
                               {"workdir", "/trial/" + name + "/work"}};
  options.insert(options.end(), layer.options.begin(), layer.options.end());
  return sys::make_filesystem("overlay", options, layer.mount_attributes);
}

LayerAbilities choose_overlay_options(Layer& layer, int trial, const std::string& name) {
  checked(::mkdirat(trial, name.c_str(), 0755), "make a directory for the rehearsal");
  const bool trusted = may_write_trusted_attributes(trial);
  std::exception_ptr refusal;
  int attempt = 0;
  for (const auto& options : overlay_options(trusted)) {
    const auto attempt_name = name + '/' + std::to_string(attempt++);
    layer.options = options;
    try {
      make_upper(layer, trial, attempt_name);
      make_overlay(layer, attempt_name);
      // The kernel takes index=on where it cannot have an index, and does without.
      const bool has_index = ::faccessat(trial, (attempt_name + "/work/index").c_str(), F_OK, 0) == 0;
      return {has_index, trusted};
    } catch (const std::system_error&) {
      refusal = refusal ? refusal : std::current_exception();
    }
  }
  std::rethrow_exception(refusal);
}

}  // namespace exitproof
