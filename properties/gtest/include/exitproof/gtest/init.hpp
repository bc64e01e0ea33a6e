#pragma once

namespace exitproof::gtest {

/// For a main of one's own: to be called before all else, InitGoogleTest() too, and once. Trials and function subjects
/// are this program, started anew with an argument that nobody else uses: then it does not return, and what main did
/// before would have been done there too. Takes `--exitproof_json=DIR` out of the arguments.
///
///     int main(int argc, char** argv) {
///       exitproof::gtest::init(&argc, argv);
///       testing::InitGoogleTest(&argc, argv);
///       return RUN_ALL_TESTS();
///     }
void init(int* argc, char** argv);

}  // namespace exitproof::gtest
