# The sources of a library or a program are compiled ten at a time, for most of what a compiler reads are the same
# headers: a third of the time. Names of a source's own must therefore differ from those of its neighbours.
# Whoever works on one source for long turns it off (the debug preset does).
option(BW_UNITY "Compile the sources of a target ten at a time" ON)
set(CMAKE_UNITY_BUILD ${BW_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
