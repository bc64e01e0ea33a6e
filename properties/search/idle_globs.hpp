#pragma once

#include <span>
#include <string>
#include <vector>

#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// The globs of a contract that name nothing of what the fault-free runs leave, each as a line for
/// Evidence::skipped: "--output *.o: no fault-free run makes a file of that name". A misspelt one would pass for a
/// promise that was kept. None when no run came to its end.
std::vector<std::string> idle_globs(std::span<const Evidence> runs, const Contract& contract);

}  // namespace exitproof
