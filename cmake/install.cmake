# What is installed, by components:
#   command    the program, its agents, manual pages, completions and documents
#   probe      exitproof/probe.h and probe.hpp, and the files by which CMake and pkg-config find exitproof
#   harness    the libraries and headers of the C++ API; and so for each further exitproof_library()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(exitproof_cmake_folder "${CMAKE_INSTALL_LIBDIR}/cmake/exitproof")
set(exitproof_pc_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# Writes NAME.pc from cmake/NAME.pc.in; the prefix is found from where the file lies.
function(exitproof_install_pc name component)
  file(RELATIVE_PATH prefix "/${exitproof_pc_folder}" "/")
  string(REGEX REPLACE "/$" "" PC_PREFIX "\${pcfiledir}/${prefix}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/generated/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/generated/${name}.pc" DESTINATION "${exitproof_pc_folder}"
          COMPONENT ${component})
endfunction()

function(exitproof_install_export component)
  install(TARGETS ${ARGN} EXPORT exitproof_${component} ARCHIVE COMPONENT ${component})
  install(EXPORT exitproof_${component} NAMESPACE exitproof:: FILE exitproof-${component}.cmake
          DESTINATION "${exitproof_cmake_folder}" COMPONENT ${component})
endfunction()

# The rooms' libraries and public headers as one component of the package. Called by exitproof_library().
function(exitproof_install_library name pc rooms targets)
  exitproof_install_export(${name} ${targets})
  set(PC_LIBS "")
  foreach(room IN LISTS rooms)
    get_property(folder GLOBAL PROPERTY exitproof_${room}_folder)
    if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}/include")
      install(DIRECTORY "${folder}/include/" DESTINATION include COMPONENT ${name} FILES_MATCHING PATTERN "*.hpp")
    endif()
    string(PREPEND PC_LIBS " -lexitproof_${room}")  # a static library comes before those that it needs
  endforeach()
  if(pc)
    exitproof_install_pc(${pc} ${name})
  endif()
endfunction()

exitproof_install_export(probe exitproof_probe)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/harness/probe/include/" DESTINATION include COMPONENT probe)
exitproof_install_pc(exitproof-probe probe)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/exitproofConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/generated/exitproofConfig.cmake" INSTALL_DESTINATION "${exitproof_cmake_folder}"
  PATH_VARS CMAKE_INSTALL_BINDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/exitproofConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/exitproofConfig.cmake"
  "${PROJECT_BINARY_DIR}/generated/exitproofConfigVersion.cmake" "${PROJECT_SOURCE_DIR}/cmake/exitproof_tests.cmake"
  DESTINATION "${exitproof_cmake_folder}" COMPONENT probe)
