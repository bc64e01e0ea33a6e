// named_frames, linked statically.
#include "scenarios/stacks/named_frames.cpp"
