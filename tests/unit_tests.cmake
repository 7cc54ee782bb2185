# One test program per floor: the `_test.cpp` files that stand beside the sources, linked with that
# floor and the floors below it, so that it builds while a floor above is being changed.
set_source_files_properties(main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)  # it needs doctest's other half
get_property(floors GLOBAL PROPERTY BW_FLOORS)
set(linked "")
foreach(floor IN LISTS floors)
  if(TARGET bw_${floor})
    list(APPEND linked bw_${floor})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libbw/${floor}/*_test.cpp)
  if(sources)
    add_executable(test_${floor} main.cpp ${sources})
    target_link_libraries(test_${floor} PRIVATE ${linked} doctest::doctest rapidcheck)
    target_compile_options(test_${floor} PRIVATE ${BW_TEST_OPTIONS})
    target_precompile_headers(test_${floor} REUSE_FROM bw_precompiled_tests)
    target_include_directories(test_${floor} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_definitions(test_${floor} PRIVATE BW_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${floor} COMMAND test_${floor})
  endif()
endforeach()

# The tool that docs/adding-a-tool.md adds, out of the document itself.
set(added_tool ${CMAKE_CURRENT_BINARY_DIR}/added_tool)
set(added_sources ${added_tool}/greeting_tool.h ${added_tool}/greeting_tool.cpp ${added_tool}/greeting_tool_test.cpp)
add_custom_command(OUTPUT ${added_sources}
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/take_code.py ${PROJECT_SOURCE_DIR}/docs/adding-a-tool.md ${added_tool} 150
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/docs/take_code.py ${PROJECT_SOURCE_DIR}/docs/adding-a-tool.md
  VERBATIM)
set(up_to_tools ${linked})
list(REMOVE_ITEM up_to_tools bw_world)
add_executable(test_added_tool main.cpp ${added_sources})
target_link_libraries(test_added_tool PRIVATE ${up_to_tools} doctest::doctest)
target_include_directories(test_added_tool PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${added_tool})
target_compile_definitions(test_added_tool PRIVATE BW_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
add_test(NAME added_tool COMMAND test_added_tool)

file(GLOB hub_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libbw/hub/*_test.cpp)
if(hub_tests)
  add_executable(test_hub main.cpp ${hub_tests})
  target_link_libraries(test_hub PRIVATE bwhub doctest::doctest rapidcheck)
  target_compile_options(test_hub PRIVATE ${BW_TEST_OPTIONS})
  target_precompile_headers(test_hub REUSE_FROM bw_precompiled_tests)
  add_test(NAME hub COMMAND test_hub)
endif()
