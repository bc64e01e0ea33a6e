// What generated_tree executes: the same program under another name.
#include "scenarios/generated/generated_tree.cpp"
