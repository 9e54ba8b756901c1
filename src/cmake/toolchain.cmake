# Warnings, hardening, sanitizers, compiler cache and linker: everything that holds for all targets.
add_library(kmaas_flags INTERFACE)
target_compile_options(kmaas_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wswitch -Werror)
target_include_directories(kmaas_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)

if(KMAAS_SANITIZE)
  # -O1: what is compiled once and run once is done sooner, and backtraces keep their frames.
  add_compile_options(-O1 -fsanitize=${KMAAS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${KMAAS_SANITIZE})
  add_compile_definitions(KMAAS_SANITIZED=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Under sanitizers g++ sees uninitialised values in Boost that are none, and warns of each fence in Asio.
    add_compile_options(-Wno-maybe-uninitialized -Wno-tsan)
  endif()
  if(KMAAS_SANITIZE MATCHES "thread")
    # Under __SANITIZE_THREAD__ Protobuf's map fields have another layout than in Debian's library (map_field.h);
    # libstdc++ has to hear of the sanitizer all the same, or shared_ptr counts in a way that it takes for a race.
    add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  endif()
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  if(CMAKE_BUILD_TYPE MATCHES "Rel")
    add_compile_definitions(_FORTIFY_SOURCE=2)
  endif()
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(KMAAS_FUZZ)
  # Counters in all of the tree: libFuzzer sees where an input goes. Only the fuzzers link its main function.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(KMAAS_CCACHE ccache)
if(KMAAS_CCACHE)
  # Without this word ccache does not keep what was compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${KMAAS_CCACHE})
endif()
find_program(KMAAS_MOLD mold)
if(KMAAS_MOLD AND NOT KMAAS_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()
# The debug information of gRPC's and Boost's headers doubles build time and disk; line tables are enough for a backtrace.
string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
# What src/ finds, tests/ links to.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
