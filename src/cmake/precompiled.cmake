# kmaas_precompile(target header...): parses these once for all files of the target, which takes most of the time that a
# small file takes. Every file includes what it uses all the same: KMAAS_PRECOMPILE=OFF, as in the presets tidy and fuzz,
# compiles without. Headers that change often have no place here: with one of them all of the target is compiled anew.
function(kmaas_precompile target)
  if(NOT KMAAS_PRECOMPILE OR NOT TARGET ${target})
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>")
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The first is for ccache. The others: when <string> was precompiled, g++ 12 warns of what happens within it.
    target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-array-bounds -Wno-stringop-overread
                           -Wno-stringop-overflow -Wno-restrict)
  endif()
endfunction()
