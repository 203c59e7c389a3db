# What every source of ours is compiled with; third-party headers are SYSTEM and stay outside.
function(qf_our_sources target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -fvisibility=hidden)
  # g++ 12 warns of these where nothing is wrong: in std::string's operator+ (GCC bug 105651) and in optionals.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE
      -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow)
  endif()
  if(QF_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(QF_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${QF_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${QF_SANITIZE})
  endif()
endfunction()
