# exitproof::probe, what a program tells the harness with (exitproof/probe.h, for C++ exitproof/probe.hpp). Headers
# only, without any dependency.
add_library(exitproof_probe INTERFACE)
add_library(exitproof::probe ALIAS exitproof_probe)
set_target_properties(exitproof_probe PROPERTIES EXPORT_NAME probe)
target_include_directories(exitproof_probe INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/harness/probe/include>" "$<INSTALL_INTERFACE:include>")
