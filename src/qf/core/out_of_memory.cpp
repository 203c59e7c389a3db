#include "qf/core/out_of_memory.h"

#include <cxxabi.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <typeinfo>

namespace qf {
namespace {

int code_at_the_end = 2;
const char* last_message = "";
std::terminate_handler handler_before = nullptr;

// Allocates nothing, and takes no lock: another thread may hold those of stdio.
[[noreturn]] void end() {
  const std::type_info* const thrown = abi::__cxa_current_exception_type();
  if (thrown != nullptr && *thrown == typeid(std::bad_alloc)) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, last_message, std::strlen(last_message));
    ::_exit(code_at_the_end);
  }
  handler_before();
  __builtin_unreachable();
}

}  // namespace

void take_stack() {
  constexpr std::size_t kBytes = 512 * 1024, kPage = 4096;
  volatile char stack[kBytes];
  for (std::size_t at = 0; at < kBytes; at += kPage) stack[at] = 0;
  (void)stack[0];
}

void end_where_memory_is_gone(int exit_code, const char* message) {
  code_at_the_end = exit_code;
  last_message = message;
  handler_before = std::set_terminate(end);
}

}  // namespace qf
