// named_frames without frame pointers.
#include "scenarios/stacks/named_frames.cpp"
