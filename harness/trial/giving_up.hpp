#pragma once

namespace exitproof {

/// From now on SIGTERM means to this process: end the trial that runs, and leave the machine as it was.
void give_up_at_sigterm();

/// Whether that was asked for.
bool given_up() noexcept;

}  // namespace exitproof
