# How a folder becomes a library and its tests a program.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(build_rules INTERFACE)
target_include_directories(build_rules INTERFACE ${CMAKE_SOURCE_DIR})
# GCC 12 takes the operator new of Asio's coroutine frames for a mismatch with their operator delete.
target_compile_options(build_rules INTERFACE -Wall -Wextra -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
# Asio is compiled once, in net/asio.cpp; everybody else sees declarations only.
target_compile_definitions(build_rules INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
if(MAILSPEC_WERROR)
  target_compile_options(build_rules INTERFACE -Werror)
endif()
# Several files in one go share what their headers cost.
if(CMAKE_UNITY_BUILD)
  target_compile_options(build_rules INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(MAILSPEC_SANITIZE)
  # Without the checks that ASan or the processor make anyway: they are a third of the time of such a build.
  target_compile_options(build_rules INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
    -fno-sanitize=null,alignment,object-size,vptr,nonnull-attribute,returns-nonnull-attribute)
  target_link_options(build_rules INTERFACE -fsanitize=address,undefined)
endif()

# Sources that name things alike that are not, and cannot be compiled together with others.
function(compile_apart folder)
  list(TRANSFORM ARGN PREPEND ${folder}/)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# mail_module(net DEPENDS OpenSSL::SSL ...): a static library of every .cpp in the current folder.
function(mail_module name)
  cmake_parse_arguments(ARG "" "FOLDER" "DEPENDS" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_FOLDER}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC build_rules ${ARG_DEPENDS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE build_rules ${ARG_DEPENDS})
  endif()
endfunction()

# mail_tests(net_tests FOLDER dir DEPENDS net APART a_test.cpp): one Boost.Test program of every .cpp in a folder. What is
# a test's own stands within its BOOST_AUTO_TEST_SUITE, a namespace: so most can be compiled together; not those APART.
function(mail_tests name)
  if(NOT MAILSPEC_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "FOLDER" "DEPENDS;APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_FOLDER}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources} ${CMAKE_SOURCE_DIR}/ci/cmake/test_main.cpp)
  set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 4)
  compile_apart(${CMAKE_SOURCE_DIR}/ci/cmake test_main.cpp) # says BOOST_TEST_MODULE, which must come first
  if(ARG_APART)
    compile_apart(${ARG_FOLDER} ${ARG_APART})
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} Boost::unit_test_framework)
  target_compile_definitions(${name} PRIVATE BOOST_TEST_DYN_LINK
    SOURCE_DIR="${CMAKE_SOURCE_DIR}" BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} --log_level=test_suite --report_level=no --color_output=no)
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 600)
endfunction()
