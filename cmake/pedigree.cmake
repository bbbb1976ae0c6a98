# One way to declare a library, a program and a test. Every target gets the same warnings and the
# include root.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(PEDIGREE_CCACHE ccache)
if(PEDIGREE_CCACHE)
    # Debug information names the build folder; objects are shared between folders and clones.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${PEDIGREE_CCACHE})
endif()
# __FILE__ says the same in every clone.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
find_program(PEDIGREE_MOLD mold)
if(PEDIGREE_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
enable_testing()
include(GoogleTest)

# Failpoints let the crash tests end a process at a named effect; release builds have none.
option(PEDIGREE_FAILPOINTS "honour PEDIGREE_FAILPOINT" ON)
if(PEDIGREE_FAILPOINTS)
    add_compile_definitions(PEDIGREE_FAILPOINTS=1)
endif()

# How many sources of a target are compiled as one (docs/decisions/0017). Not by CMAKE_UNITY_BUILD: its
# translation units name their sources by absolute paths, so the compiler's cache sees another text in
# every clone, and has to run the preprocessor (3 to 7 s a unit) to find that nothing is different.
set(PEDIGREE_UNIT_SOURCES 1 CACHE STRING "sources to a translation unit")

# pedigree_join(VARIABLE TARGET a.cpp b.cpp ...): the translation units of these sources, which are
# beneath this folder. A source of another folder, and a generated one, stays alone.
function(pedigree_join variable target)
    if(PEDIGREE_UNIT_SOURCES EQUAL 1)
        set(${variable} ${ARGN} PARENT_SCOPE)
        return()
    endif()
    list(TRANSFORM ARGN REPLACE "^${CMAKE_CURRENT_SOURCE_DIR}/" "" OUTPUT_VARIABLE left)
    set(units ${left})
    list(FILTER units INCLUDE REGEX "^/")
    list(FILTER left EXCLUDE REGEX "^/")
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    set(index 0)
    while(left)
        list(SUBLIST left 0 ${PEDIGREE_UNIT_SOURCES} sources)
        list(REMOVE_ITEM left ${sources})
        list(TRANSFORM sources REPLACE "(.+)" "#include \"${folder}/\\1\"\n")
        string(CONCAT content ${sources})
        set(unit ${CMAKE_CURRENT_BINARY_DIR}/units/${target}_${index}.cpp)
        file(CONFIGURE OUTPUT ${unit} CONTENT "${content}" @ONLY)
        list(APPEND units ${unit})
        math(EXPR index "${index} + 1")
    endwhile()
    set(${variable} ${units} PARENT_SCOPE)
endfunction()

function(pedigree_target_defaults target)
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion
        # In a unity build a file sees the names of those before it, and may have a local of that name.
        $<IF:$<EQUAL:${PEDIGREE_UNIT_SOURCES},1>,-Wshadow,-Wshadow=local> -Wno-sign-conversion
        # clang, which builds the fuzz targets alone, has warnings of its own.
        $<$<CXX_COMPILER_ID:GNU>:-Werror>
        # g++ 12: -Wrestrict is wrong about std::string; designated initialisers leave members out
        # on purpose.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
        # It asks which file the compiler was given, which is none of ours in a unity build.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> -Wno-missing-field-initializers)
    # Beside a sanitizer this warning is wrong too often, as the manual of g++ says: of std::regex, of std::optional.
    if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread" AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_compile_definitions(${target} PRIVATE PEDIGREE_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${target} PUBLIC Threads::Threads fmt::fmt)
endfunction()

# pedigree_library(NAME k8s SRCS watch.cpp ... [ALONE kinds/a.cpp ...] DEPS pedigree::net ... SYSTEM
# CURL::libcurl ...). Sources of ALONE have names in common, or flags of their own, so that none can be
# compiled with another.
function(pedigree_library)
    cmake_parse_arguments(LIB "" "NAME" "SRCS;ALONE;DEPS;SYSTEM" ${ARGN})
    pedigree_join(units ${LIB_NAME} ${LIB_SRCS})
    add_library(pedigree_${LIB_NAME} STATIC ${units} ${LIB_ALONE})
    add_library(pedigree::${LIB_NAME} ALIAS pedigree_${LIB_NAME})
    pedigree_target_defaults(pedigree_${LIB_NAME})
    target_link_libraries(pedigree_${LIB_NAME} PUBLIC ${LIB_DEPS} PRIVATE ${LIB_SYSTEM})
endfunction()

# pedigree_executable(NAME pedigree-worker SRCS main.cpp ... DEPS ...)
function(pedigree_executable)
    cmake_parse_arguments(EXE "" "NAME" "SRCS;DEPS;SYSTEM" ${ARGN})
    pedigree_join(units ${EXE_NAME} ${EXE_SRCS})
    add_executable(${EXE_NAME} ${units})
    pedigree_target_defaults(${EXE_NAME})
    target_link_libraries(${EXE_NAME} PRIVATE ${EXE_DEPS} ${EXE_SYSTEM})
endfunction()

# pedigree_test(NAME base_test SRCS ... DEPS ... [LABELS unit]); labels choose the tier (dev/check).
function(pedigree_test)
    cmake_parse_arguments(TEST "" "NAME;LABEL" "SRCS;DEPS;SYSTEM" ${ARGN})
    pedigree_join(units ${TEST_NAME} ${TEST_SRCS})
    add_executable(${TEST_NAME} ${units})
    pedigree_target_defaults(${TEST_NAME})
    target_link_libraries(${TEST_NAME} PRIVATE
        ${TEST_DEPS} ${TEST_SYSTEM} pedigree::checkout GTest::gtest GTest::gmock GTest::gtest_main)
    if(NOT TEST_LABEL)
        set(TEST_LABEL unit)
    endif()
    # Undefined behaviour is looked for in what is tested; in the tests it doubles what g++ takes for them.
    if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address,undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        target_compile_options(${TEST_NAME} PRIVATE -fno-sanitize=undefined -Wno-maybe-uninitialized)
    endif()
    gtest_discover_tests(${TEST_NAME} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS ${TEST_LABEL}
        TIMEOUT 300)
endfunction()
