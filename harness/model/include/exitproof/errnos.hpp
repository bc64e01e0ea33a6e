#pragma once

#include <span>
#include <string_view>

namespace exitproof {

/// The errnos with which a system call can fail on a machine in trouble, the most telling first: a full disk, no
/// memory, no descriptors, a failing device, missing rights. Each is in the ERRORS of the call's manual page. What
/// only a mistake of the caller brings about (EBADF, EFAULT, EINVAL) is left out. `call` is the kernel's name of it;
/// empty for a call that has none such.
std::span<const int> legal_errnos(std::string_view call);

/// Whether `error` is among them.
bool can_return(std::string_view call, int error);

}  // namespace exitproof
