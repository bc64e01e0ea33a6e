# An overlay port: vcpkg install exitproof --overlay-ports=ci/packages/vcpkg, from the sources that it lies in. It wants
# Boost.Process as it was before 1.86: choose a baseline of vcpkg that has it.
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(probe_only ON)
if("harness" IN_LIST FEATURES)
  set(probe_only OFF)
  message("exitproof needs from the system's own packages: libseccomp-dev and libdw-dev (elfutils 0.188 or later).")
endif()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DEXITPROOF_TESTS=OFF
    -DEXITPROOF_WERROR=OFF
    -DEXITPROOF_INSTALL=ON
    -DEXITPROOF_PROBE_ONLY=${probe_only})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/exitproof)
vcpkg_fixup_pkgconfig()
if(NOT probe_only)
  vcpkg_copy_tools(TOOL_NAMES exitproof AUTO_CLEAN)
  # The command finds its agents at ../lib/exitproof/agents from where it is.
  file(COPY "${CURRENT_PACKAGES_DIR}/lib/exitproof/agents"
       DESTINATION "${CURRENT_PACKAGES_DIR}/tools/lib/exitproof")
endif()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
