# The digest of docs/reference/detection-matrix.json, as it was when the command was built.
set(detection_matrix "${PROJECT_SOURCE_DIR}/docs/reference/detection-matrix.json")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${detection_matrix}")
file(SHA256 "${detection_matrix}" EXITPROOF_DETECTION_MATRIX_SHA256)
configure_file("${CMAKE_CURRENT_LIST_DIR}/detection_matrix.cpp.in"
               "${PROJECT_BINARY_DIR}/generated/detection_matrix.cpp" @ONLY)
target_sources(exitproof_search PRIVATE "${PROJECT_BINARY_DIR}/generated/detection_matrix.cpp")
