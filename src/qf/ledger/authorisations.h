// Who answers for what leaves the private circle: controllers, what they authorised, and whose controller is who.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// A controller's word that its people's rows may go to an audience (Articles 5(2), 24 and 35 of the GDPR).
struct Authorisation {
  std::int64_t id = 0;
  std::string controller;
  std::string basis;          // legal basis, such as consent
  std::string dpia;           // reference of the data protection impact assessment
  std::string audience;       // internal or external
  std::int64_t until_us = 0;  // the first instant at which it no longer holds
  std::string recorded_by{};
  std::int64_t recorded_at_us = 0;
  std::string revoked_by{};
  std::optional<std::int64_t> revoked_at_us{};
};

// Records an authorisation and gives it its number. kInvalidInput where a part is missing, the audience needs none, or
// its last day has passed.
Result<std::int64_t> add_authorisation(const Database& database, const Authorisation& authorisation);
// All of them in the order of recording, those revoked too.
Result<std::vector<Authorisation>> list_authorisations(const Database& database);
// kNotFound where there is none of that number; kRefused where it was revoked before.
Status revoke_authorisation(const Database& database, std::int64_t id, std::string_view revoked_by,
                            std::int64_t revoked_at_us);

// Names a person's controller (by subject_key); the later word counts. Whether it is another than before: then the
// caller tells the audit log.
Result<bool> set_controller(const Database& database, std::string_view subject_key, std::string_view controller,
                            std::int64_t recorded_at_us);
// Controllers by subject_key.
Result<std::map<std::string, std::string, std::less<>>> list_controllers(const Database& database);

// What a build asks: whether a person's controller has authorised the audience. It does not change, and may be read
// from several threads at once.
//
// A person's controller is the one that was named for that person. Where the store's authorisations name one controller
// only, whoever has none belongs to that one; where they name several, such a person has none.
class AuthorityView {
 public:
  enum class State : std::uint8_t { kAuthorised, kNoController, kNoAuthorisation };

  static Result<AuthorityView> load(const Database& database, std::string_view audience, std::int64_t as_of_us);
  State of(std::string_view subject_key) const;
  // "" where the person has none.
  std::string controller(std::string_view subject_key) const;
  // Authorisations that hold for the audience.
  std::size_t in_force() const { return in_force_; }

 private:
  std::map<std::string, std::string, std::less<>> controllers_;
  std::string only_controller_;  // "" where there are several, or none
  std::set<std::string, std::less<>> authorised_;
  std::size_t in_force_ = 0;
};

}  // namespace qf
