# The table of invariants. Every file of properties/invariants that holds a line `const Invariant NAME{`
# defines one; the build writes the table from these lines, so to add an invariant is to add a file.
# Run as a script (cmake -P) with FOLDER and TABLE it writes the table; included, it adds the rule.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB sources "${FOLDER}/*.cpp")
  set(declarations "")
  set(addresses "")
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" lines REGEX "^const Invariant [a-z_0-9]+{")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^const Invariant ([a-z_0-9]+){.*" "\\1" name "${line}")
      string(APPEND declarations "extern const Invariant ${name};\n")
      list(APPEND addresses "&${name}")
    endforeach()
  endforeach()
  list(JOIN addresses ", " addresses)
  file(WRITE "${TABLE}" "// Written by cmake/invariants.cmake.
#include \"properties/invariants/registry.hpp\"

namespace exitproof {

${declarations}
std::vector<const Invariant*> found_invariants() { return {${addresses}}; }

}  // namespace exitproof
")
  return()
endif()

set(invariant_table "${PROJECT_BINARY_DIR}/generated/invariant_table.cpp")
set(invariants_folder "${PROJECT_SOURCE_DIR}/properties/invariants")
file(GLOB invariant_sources CONFIGURE_DEPENDS "${invariants_folder}/*.cpp")
add_custom_command(OUTPUT "${invariant_table}"
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${invariants_folder} -DTABLE=${invariant_table} -P "${CMAKE_CURRENT_LIST_FILE}"
  DEPENDS ${invariant_sources} "${CMAKE_CURRENT_LIST_FILE}"
  COMMENT "Writing the table of invariants" VERBATIM)
target_sources(exitproof_invariants PRIVATE "${invariant_table}")
