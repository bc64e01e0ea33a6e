# Debian packages, made by `cpack` in a build of the preset `release`: exitproof (the command), exitproof-probe-dev (its
# headers, and how CMake and pkg-config find exitproof) and exitproof-dev (the libraries of the C++ API).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "The exitproof authors")
set(CPACK_PACKAGE_CONTACT "The exitproof authors <exitproof@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

# The components are what install.cmake and exitproof_library() have made; all libraries come in one package.
get_cmake_property(CPACK_COMPONENTS_ALL COMPONENTS)
list(REMOVE_ITEM CPACK_COMPONENTS_ALL Unspecified)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} component)
  set(CPACK_COMPONENT_${component}_GROUP dev)
endforeach()
set(CPACK_COMPONENT_COMMAND_GROUP command)
set(CPACK_COMPONENT_PROBE_GROUP probe)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME exitproof)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "Kills, interrupts and signals a program and its children at every point of
their run, each time in a world of its own, and tells truthfully what is left
behind: zombies, orphans, temporary files, exit handlers that did not run.")
set(CPACK_DEBIAN_PROBE_PACKAGE_NAME exitproof-probe-dev)
set(CPACK_DEBIAN_PROBE_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PROBE_DESCRIPTION "How a program tells the harness of its points and exit handlers: headers for C
and C++, and the files by which CMake and pkg-config find exitproof.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME exitproof-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "exitproof (= ${PROJECT_VERSION}), exitproof-probe-dev (= ${PROJECT_VERSION}), \
libfmt-dev, nlohmann-json3-dev, libtomlplusplus-dev, libboost-filesystem1.81-dev | libboost-filesystem-dev, libre2-dev, \
librapidcheck-dev, libpugixml-dev, libseccomp-dev, libdw-dev, libgtest-dev, libgmock-dev, pkg-config")
set(CPACK_DEBIAN_DEV_DESCRIPTION "Static libraries and headers for programs in C++20 that run campaigns
themselves and judge what they find.")
include(CPack)
