# bw_embed(TARGET NAME FOLDER [PATTERN]): compiles every file below FOLDER (of those names) into TARGET, to be read through
# `bw::embedded::NAME()` (declared in base/embedded.h). A single program file can then make a world
# on a machine where nothing else of bw is installed.
function(bw_embed target name folder)
  set(pattern *)
  if(ARGC GREATER 3)
    set(pattern ${ARGV3})
  endif()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/${pattern})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  list(TRANSFORM files PREPEND ${folder}/ OUTPUT_VARIABLE inputs)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DFOLDER=${folder} -DPATTERN=${pattern} -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${output})
endfunction()
