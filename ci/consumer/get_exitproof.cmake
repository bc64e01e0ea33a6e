# The three ways to exitproof::*, so that each is tried. A project of yours takes the lines of one of them.
set(EXITPROOF_FROM package CACHE STRING "package, subdirectory or fetch")
set(EXITPROOF_SOURCE "" CACHE PATH "The sources of exitproof, for the last two")

if(EXITPROOF_FROM STREQUAL package)
  find_package(exitproof CONFIG REQUIRED COMPONENTS ${exitproof_components})
elseif(EXITPROOF_FROM STREQUAL subdirectory)
  add_subdirectory("${EXITPROOF_SOURCE}" exitproof EXCLUDE_FROM_ALL)
elseif(EXITPROOF_FROM STREQUAL fetch)
  include(FetchContent)
  FetchContent_Declare(exitproof SOURCE_DIR "${EXITPROOF_SOURCE}")  # or GIT_REPOSITORY and GIT_TAG
  FetchContent_MakeAvailable(exitproof)
else()
  message(FATAL_ERROR "EXITPROOF_FROM is \"${EXITPROOF_FROM}\"")
endif()
