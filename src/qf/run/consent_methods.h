// How the people of a dataset gave their consent, in numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/run/write_tables.h"

namespace qf {

// What may be told of the word on record for how somebody answered: paper, mail, form, file or self; `other` for every
// other word, since a word of one's own may name somebody; `not stated`.
std::string known_method(const std::string& method);

// People by the known_method() of the agreement to model_training that was in force. With `smallest` > 1, methods of
// fewer people than that are counted together as `other`, and where these are fewer still, with the next larger one.
Result<std::map<std::string, std::uint64_t>> consent_methods(const Database& ledger,
                                                             const std::vector<WrittenSubject>& people,
                                                             std::int64_t as_of_us, std::int64_t recorded_by_us,
                                                             std::uint64_t smallest);
std::string in_words(const std::map<std::string, std::uint64_t>& methods);

}  // namespace qf
