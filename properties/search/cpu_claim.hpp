#pragma once

#include <cstddef>
#include <vector>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// CPUs of this machine that a worker keeps to, chosen so that workers do not meet on one while another is idle, whichever
/// campaign and user they belong to. Each is held by a socket with an abstract name (unix(7)), which is gone with whoever
/// holds it, however that ends, and leaves nothing behind. Workers in another network namespace are not seen.
class CpuClaim {
 public:
  /// Claims `wanted` of the `allowed` CPUs, the least claimed first, from the `first`-th on where several are. Where
  /// nothing can be claimed, the choice goes by `first` alone.
  CpuClaim(const std::vector<std::size_t>& allowed, std::size_t first, std::size_t wanted);

  const std::vector<std::size_t>& cpus() const { return cpus_; }

 private:
  std::vector<std::size_t> cpus_;
  std::vector<sys::UniqueFd> held_;
};

}  // namespace exitproof
