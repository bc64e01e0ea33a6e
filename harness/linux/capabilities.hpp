#pragma once

namespace exitproof::sys {

/// Whether the calling process has this capability (CAP_* of capabilities(7)) in its user namespace.
bool has_capability(int capability);

enum class Network { own, machines };

/// Gives up, for good and for all that it will execute, every capability through which root
/// reaches the machine beyond files, processes and its own network: mounting, modules, raw devices,
/// the clock, tracing of stronger processes and the like; see capabilities(7). What only another
/// user's files or a port below 1024 need stays. Throws std::system_error.
void drop_machine_capabilities(Network network);

/// Gives up every capability. For processes in a user namespace of their own, where these mean
/// nothing outside but would let the subject do what it cannot do there. Throws std::system_error.
void drop_all_capabilities();

}  // namespace exitproof::sys
