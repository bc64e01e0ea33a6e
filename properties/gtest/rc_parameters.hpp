#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include <rapidcheck.h>

namespace exitproof::gtest {

/// What RapidCheck runs a property with.
struct RcParameters {
  rc::detail::TestParams test;
  std::unordered_map<std::string, rc::detail::Reproduce> reproduce;  ///< by the property's id
};

/// What RC_PARAMS asks for; `seed` where it names none. The library's own reading of it ends the process for a value
/// that it cannot read: this throws std::invalid_argument, for a name that it does not know too.
RcParameters rc_parameters(std::uint64_t seed);

/// RapidCheck's verdict on a property, with these parameters and nothing of the environment's.
rc::detail::TestResult check_with(const RcParameters& parameters, const std::string& id,
                                  const rc::detail::Property& property);

}  // namespace exitproof::gtest
