#pragma once

#include <string>

#include "exitproof/gtest/subject.hpp"

namespace exitproof::gtest {

/// The function that a subject's name stands for; null when there is none, or more than one.
Subject::Body find_subject(const std::string& name);

}  // namespace exitproof::gtest
