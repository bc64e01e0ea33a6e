# A room is a folder that becomes one library: every .cpp in it, but for its tests (*_test.cpp),
# its test support (*_testing.cpp) and a main.cpp. To add a file, add the file.

# What all of ours is compiled with, and nobody else: it is linked privately.
add_library(exitproof_flags INTERFACE)
target_include_directories(exitproof_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(exitproof_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Wunused -Woverloaded-virtual -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 takes `"text" + std::string` for overlapping memory (GCC bug 105651).
  target_compile_options(exitproof_flags INTERFACE -Wno-restrict)
endif()
if(EXITPROOF_WERROR)
  target_compile_options(exitproof_flags INTERFACE -Werror)
endif()
if(EXITPROOF_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # With sanitizers, g++ 12 finds std::regex's own variables uninitialized (GCC bug 105562).
    target_compile_options(exitproof_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  set(sanitize "-fsanitize=${EXITPROOF_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(exitproof_flags INTERFACE ${sanitize})
  target_link_options(exitproof_flags INTERFACE ${sanitize})
endif()

function(exitproof_room name folder)
  cmake_parse_arguments(PARSE_ARGV 2 room "" "" "DEPENDS")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "(_test|_testing|/main)\\.cpp$")
  if(sources)
    add_library(exitproof_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(exitproof_${name} PRIVATE $<BUILD_INTERFACE:exitproof_flags>)
  else()
    add_library(exitproof_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(exitproof::${name} ALIAS exitproof_${name})
  set_target_properties(exitproof_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(exitproof_${name} ${scope} cxx_std_20)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}/include")
    target_include_directories(exitproof_${name} ${scope}
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${folder}/include>" "$<INSTALL_INTERFACE:include>")
  endif()
  target_link_libraries(exitproof_${name} ${scope} ${room_DEPENDS})
  set_property(GLOBAL PROPERTY exitproof_${name}_folder "${folder}")
endfunction()

# exitproof::NAME for other projects: these rooms, and what they are linked with. A component of the package. PC names
# its template for pkg-config, cmake/PC.pc.in; TARGETS are further targets of the component, which bear names of their own.
function(exitproof_library name)
  cmake_parse_arguments(PARSE_ARGV 1 library "" "PC" "ROOMS;TARGETS")
  list(TRANSFORM library_ROOMS PREPEND exitproof_ OUTPUT_VARIABLE rooms)
  if(NOT name IN_LIST library_ROOMS)
    add_library(exitproof_${name} INTERFACE)
    add_library(exitproof::${name} ALIAS exitproof_${name})
    set_target_properties(exitproof_${name} PROPERTIES EXPORT_NAME ${name})
    target_link_libraries(exitproof_${name} INTERFACE exitproof_probe ${rooms})
    list(APPEND rooms exitproof_${name})
  endif()
  if(EXITPROOF_INSTALL)
    exitproof_install_library(${name} "${library_PC}" "${library_ROOMS}" "${rooms};${library_TARGETS}")
  endif()
endfunction()

function(exitproof_command name main)
  cmake_parse_arguments(PARSE_ARGV 2 command "" "" "DEPENDS")
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE ${command_DEPENDS} exitproof_flags)
endfunction()

# The tests of a room are its *_test.cpp files, one executable for all, with the label unit-ROOM. Those in files named
# *_KIND_test.cpp are an executable each kind, and carry the kind as their label: `engine` spawn processes under the
# tracer; `scenario` try the scenarios, `property` draw the faults for them, and `real` try programs that are not ours.
# `planted` are of the scenarios too, with mistakes in the checkers (EXITPROOF_PLANTED).
# ci/test runs those of the engine again as an unprivileged user, ci/extended the others. MAIN is the library that
# their main comes from.
function(exitproof_room_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "MAIN" "")
  if(NOT room_MAIN)
    set(room_MAIN GTest::gtest_main)
  endif()
  get_property(folder GLOBAL PROPERTY exitproof_${name}_folder)
  file(GLOB tests CONFIGURE_DEPENDS "${folder}/*_test.cpp")
  file(GLOB support CONFIGURE_DEPENDS "${folder}/*_testing.cpp")
  foreach(kind IN ITEMS engine scenario property real planted)
    set(tests_of_kind ${tests})
    list(FILTER tests_of_kind INCLUDE REGEX "_${kind}_test\\.cpp$")
    list(FILTER tests EXCLUDE REGEX "_${kind}_test\\.cpp$")
    string(REPLACE planted scenario label "${kind}")
    exitproof_test_binary(${name}_${kind}_test "exitproof_${name};${room_MAIN}" "${label}" "${tests_of_kind}" "${support}")
  endforeach()
  exitproof_test_binary(${name}_test "exitproof_${name};GTest::gtest_main" "unit-${name}" "${tests}" "${support}")
endfunction()

# Runs the tests whose names match the filter a second time, in another world. There, trials work on the machine's
# own files, which every other trial sees: nothing else runs meanwhile.
function(exitproof_tests_in_world world target filter)
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 TEST_PREFIX "${world}." TEST_FILTER "${filter}"
                       TEST_LIST ${target}_in_${world}
                       PROPERTIES LABELS "engine" TIMEOUT 300 RUN_SERIAL TRUE
                       ENVIRONMENT "EXITPROOF_TEST_WORLD=${world}")
endfunction()

# The same in virtual time.
function(exitproof_tests_in_virtual_time target filter)
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 TEST_PREFIX "virtual_time." TEST_FILTER "${filter}"
                       TEST_LIST ${target}_in_virtual_time
                       PROPERTIES LABELS "scenario" TIMEOUT 300 ENVIRONMENT "EXITPROOF_TEST_TIME=virtual")
endfunction()

function(exitproof_test_binary target libraries label tests support)
  if(NOT tests)
    return()
  endif()
  add_executable(${target} ${tests} ${support})
  # Most of a build from nothing is tests, and half of that was spent on making them fast. The rooms that they try are
  # built as ever.
  target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0;-g1>)
  target_link_libraries(${target} PRIVATE ${libraries} GTest::gtest GTest::gmock rapidcheck exitproof_flags)
  add_dependencies(${target} exitproof exitproof_subjects)
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${label}" TIMEOUT 300)
endfunction()
