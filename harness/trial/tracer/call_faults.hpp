#pragma once

#include <cstdint>
#include <string>

#include "harness/trial/tree/tree.hpp"

// Faults of one call, done at its entry (a seccomp stop): it fails, or it does less than it was asked for.
namespace exitproof {

/// Why this call cannot fail with `error`, in words: it is not among the errnos of the call, or the call is not about
/// a file; empty when it can. The call must have been described.
std::string why_cannot_fail(const MetCall& call, int error);

/// Lets the call fail: it is not made. Only close(2) is made and its result replaced, since it frees the descriptor
/// whatever it returns. With a close, the call's end must be awaited.
void fail_call(Task& task, const MetCall& call, int error);

/// Why this call cannot do just `bytes` of its work; empty when it can. The subject's stdout and stderr are pipes of
/// ours that stand for any file, and so can be short where another pipe cannot.
std::string why_cannot_cut(const Task& task, const MetCall& call, std::uint64_t bytes);

/// Lets the call write `bytes` only. Its end must be awaited, and put right.
void cut_call(Task& task, const MetCall& call, std::uint64_t bytes);

/// At the end of a call that was changed: gives it the planned result, and the task its registers and memory back.
void put_right(Task& task);

}  // namespace exitproof
