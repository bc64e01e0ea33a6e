# Functions for projects that try their programs with exitproof; there with find_package(exitproof), with
# add_subdirectory and with FetchContent. Their tests carry the label `exitproof`, count as skipped where the machine
# cannot try (exit status 77), and run one at a time, since each uses all CPUs; with PARALLEL, beside each other.
#
#     exitproof_add_test(NAME COMMAND program-or-target [argument...]
#                        [OPTIONS option...] [WORKING_DIRECTORY folder] [TIMEOUT seconds] [LABELS label...] [PARALLEL])
#
# A test that runs `exitproof run OPTIONS -- COMMAND`.
#
#     exitproof_add_certification(NAME [MANIFEST exitproof.toml] [ONLY scenario...] [OUT folder]
#                        [OPTIONS option...] [WORKING_DIRECTORY folder] [TIMEOUT seconds] [LABELS label...] [PARALLEL])
#
# A test that runs `exitproof certify MANIFEST`, for these scenarios of it or for all; reports and certificate go to the
# folder OUT, NAME in the current binary folder without.
#
#     exitproof_discover_tests(TARGET
#                        [EXTRA_ARGS argument...] [WORKING_DIRECTORY folder] [TIMEOUT seconds] [LABELS label...]
#                        [PARALLEL])
#
# A test for each test of a GoogleTest program that links exitproof::gtest, found when ctest starts.

# Reads the arguments that all have in common into test_*, and makes `properties` of them.
macro(exitproof_parse_test first one_value many_values)
  cmake_parse_arguments(PARSE_ARGV ${first} test "PARALLEL" "WORKING_DIRECTORY;TIMEOUT;${one_value}"
                        "LABELS;${many_values}")
  if(test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${CMAKE_CURRENT_FUNCTION}: unknown arguments: ${test_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 900)
  endif()
  set(properties TIMEOUT ${test_TIMEOUT})
  if(NOT test_PARALLEL)
    list(APPEND properties RESOURCE_LOCK exitproof)
  endif()
  set(labels exitproof ${test_LABELS})
endmacro()

function(exitproof_add_verb_test name directory properties labels)
  if(NOT TARGET exitproof::command)
    message(FATAL_ERROR "The exitproof command is not there: ${name} cannot be run. Install it beside the library.")
  endif()
  add_test(NAME "${name}" WORKING_DIRECTORY "${directory}" COMMAND "$<TARGET_FILE:exitproof::command>" ${ARGN})
  set_tests_properties("${name}" PROPERTIES SKIP_RETURN_CODE 77 LABELS "${labels}" ${properties})
endfunction()

function(exitproof_add_test name)
  exitproof_parse_test(1 "" "COMMAND;OPTIONS")
  if(NOT test_COMMAND)
    message(FATAL_ERROR "exitproof_add_test(${name}): COMMAND is missing")
  endif()
  list(POP_FRONT test_COMMAND program)
  if(TARGET ${program})
    set(program "$<TARGET_FILE:${program}>")
  endif()
  exitproof_add_verb_test("${name}" "${test_WORKING_DIRECTORY}" "${properties}" "${labels}"
                          run ${test_OPTIONS} -- ${program} ${test_COMMAND})
endfunction()

function(exitproof_add_certification name)
  exitproof_parse_test(1 "MANIFEST;OUT" "ONLY;OPTIONS")
  if(NOT test_MANIFEST)
    set(test_MANIFEST exitproof.toml)
  endif()
  if(NOT test_OUT)
    set(test_OUT "${name}")
  endif()
  cmake_path(ABSOLUTE_PATH test_MANIFEST BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
  cmake_path(ABSOLUTE_PATH test_OUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  set(only "")
  foreach(scenario IN LISTS test_ONLY)
    list(APPEND only --only "${scenario}")
  endforeach()
  exitproof_add_verb_test("${name}" "${test_WORKING_DIRECTORY}" "${properties}" "${labels}"
                          certify "${test_MANIFEST}" ${only} --out "${test_OUT}" ${test_OPTIONS})
endfunction()

function(exitproof_discover_tests target)
  exitproof_parse_test(1 "" "EXTRA_ARGS")
  include(GoogleTest)
  set(directory "")
  if(test_WORKING_DIRECTORY)
    set(directory WORKING_DIRECTORY "${test_WORKING_DIRECTORY}")
  endif()
  gtest_discover_tests(${target} EXTRA_ARGS ${test_EXTRA_ARGS} ${directory} DISCOVERY_MODE PRE_TEST
                       DISCOVERY_TIMEOUT 60 TEST_LIST exitproof_found PROPERTIES ${properties})
  # What gtest_discover_tests passes on has lost where one property's list ends: a list of labels is set afterwards.
  set(label_file "${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake")
  file(WRITE "${label_file}" "foreach(test IN LISTS exitproof_found)
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"${labels}\")
endforeach()
unset(exitproof_found)
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${label_file}")
endfunction()
