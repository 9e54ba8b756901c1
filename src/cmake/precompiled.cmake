# kmaas_precompile(target header...): parses these once for all files of the target, which takes most of the time that a
# small file takes, and for those of later targets of its kind (program or library) that name the same headers. Every file
# includes what it uses all the same: KMAAS_PRECOMPILE=OFF, as in the presets tidy and fuzz, compiles without. Headers that change often have no place here: with one of them all of the target is compiled anew.
function(kmaas_precompile target)
  if(NOT KMAAS_PRECOMPILE OR NOT TARGET ${target})
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  string(MAKE_C_IDENTIFIER "kmaas_precompiled_${type}_${ARGN}" precompiled)
  get_property(by GLOBAL PROPERTY ${precompiled})
  if(by)
    target_precompile_headers(${target} REUSE_FROM ${by})
  else()
    set_property(GLOBAL PROPERTY ${precompiled} ${target})
    list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The first is for ccache. The others: when <string> was precompiled, g++ 12 warns of what happens within it.
    target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-array-bounds -Wno-stringop-overread
                           -Wno-stringop-overflow -Wno-restrict)
  endif()
endfunction()
