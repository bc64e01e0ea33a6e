#include "scenarios/virtual_time/tells_elapsed.cpp"
