// An operation's value, or the error that a person has to read.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace qf {

// What kind of trouble it was; decides the exit code and nothing else.
enum class ErrorCode {
  kInvalidInput,  // the caller asked for something that cannot be: options, configuration, CSV
  kNotFound,      // a path, a version, a key that is not there
  kIo,            // the operating system refused: full disk, permissions
  kCorrupt,       // a file of ours is not what we wrote
  kStaleStaging,  // rows kept from an earlier build cannot be used: they have to be staged anew
  kRefused,       // a rule or a gate says no
  kInternal,      // a sum did not balance: a fault of this program
};

// `message` says which file, line and field, and what to do. It never holds what a person wrote.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> failure(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace qf

// Leaves the function with the error of `expression`, if it has one.
#define QF_CHECK(expression)                                                                                         \
  do {                                                                                                               \
    if (auto qf_status = (expression); !qf_status) return tl::unexpected<::qf::Error>(std::move(qf_status).error()); \
  } while (false)

#define QF_CONCAT_INNER(a, b) a##b
#define QF_CONCAT(a, b) QF_CONCAT_INNER(a, b)

// Declares or assigns `target` from a Result, or leaves the function with its error.
#define QF_ASSIGN(target, expression) QF_ASSIGN_AS(QF_CONCAT(qf_result_, __LINE__), target, expression)
#define QF_ASSIGN_AS(name, target, expression)                            \
  auto name = (expression);                                               \
  if (!name) return tl::unexpected<::qf::Error>(std::move(name).error()); \
  target = std::move(*name)
