# bw_embed(TARGET NAME FOLDER): compiles every file below FOLDER into TARGET, to be read through
# `bw::embedded::NAME()` (declared in base/embedded.h). A single program file can then make a world
# on a machine where nothing else of bw is installed.
function(bw_embed target name folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  list(TRANSFORM files PREPEND ${folder}/ OUTPUT_VARIABLE inputs)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DFOLDER=${folder} -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
