// Masks what points at other people in a person's own texts, and leaves what points at the person.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>

#include "qf/core/schema.h"
#include "qf/privacy/redactor.h"

namespace qf {

class OthersMask {
 public:
  // `own_name` is how the person is written in the register.
  static Result<OthersMask> make(std::string_view own_name);

  std::string masked(std::string_view text, RedactionProfile profile) const;
  // Masks the texts of a row as row_json() made it.
  void mask_row(TableId table, nlohmann::ordered_json& row) const;

 private:
  OthersMask(Redactor strict, Redactor content, std::set<std::string> own)
      : strict_(std::move(strict)), content_(std::move(content)), own_(std::move(own)) {}
  bool is_own(std::string_view found) const;
  void mask_json(nlohmann::ordered_json& value, RedactionProfile profile) const;

  Redactor strict_, content_;
  std::set<std::string> own_;  // words of the person's name, case folded
};

}  // namespace qf
