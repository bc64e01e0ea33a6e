#include "properties/search/cpu_claim.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace exitproof {
namespace {

// As many workers share a CPU before the choice goes by their index alone.
constexpr int most_on_one = 64;

sys::UniqueFd claim(std::size_t cpu, int nth) {
  sys::UniqueFd held(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!held.is_open()) {
    return held;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = fmt::format("exitproof-cpu-{}-{}", cpu, nth);
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(held.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    held.reset();
  }
  return held;
}

}  // namespace

CpuClaim::CpuClaim(const std::vector<std::size_t>& allowed, std::size_t first, std::size_t wanted) {
  std::vector<std::size_t> order = allowed;
  std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(first % order.size()), order.end());
  wanted = std::min(wanted, order.size());
  for (int nth = 0; nth < most_on_one && cpus_.size() < wanted; ++nth) {
    for (std::size_t i = 0; i < order.size() && cpus_.size() < wanted; ++i) {
      if (std::find(cpus_.begin(), cpus_.end(), order[i]) != cpus_.end()) {
        continue;
      }
      if (sys::UniqueFd held = claim(order[i], nth); held.is_open()) {
        cpus_.push_back(order[i]);
        held_.push_back(std::move(held));
      }
    }
  }
  for (std::size_t i = 0; cpus_.size() < wanted; ++i) {
    if (std::find(cpus_.begin(), cpus_.end(), order[i]) == cpus_.end()) {
      cpus_.push_back(order[i]);
    }
  }
}

}  // namespace exitproof
