// named_frames without symbols and debug information.
#include "scenarios/stacks/named_frames.cpp"
