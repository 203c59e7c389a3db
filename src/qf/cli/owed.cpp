#include "qf/cli/owed.h"

#include <fmt/format.h>

namespace qf::cli {

nlohmann::json or_null(const std::string& text) { return text.empty() ? nlohmann::json() : nlohmann::json(text); }

nlohmann::json notices_json(const RemovalNotices& owed) {
  nlohmann::json notices = nlohmann::json::array();
  for (const RemovalNotice& one : owed.notices)
    notices.push_back({{"recipient", one.name},
                       {"contact", one.contact},
                       {"version", one.version},
                       {"export", or_null(one.export_name)},
                       {"certain", one.certain},
                       {"names_person", one.names_person}});
  return notices;
}

nlohmann::json models_json(const RemovalNotices& owed) {
  nlohmann::json models = nlohmann::json::array();
  for (const ConcernedModel& one : owed.models)
    models.push_back({{"model", one.model}, {"version", one.version}, {"recipient", one.recipient}});
  return models;
}

void print_owed(const RemovalNotices& owed, std::FILE* to) {
  for (const RemovalNotice& one : owed.notices)
    fmt::print(to, "Tell {} ({}): they received {}{}\n", one.name, one.contact, one.version,
               one.certain ? "" : ", of which it can no longer be told whether the person was in it");
  for (const ConcernedModel& one : owed.models)
    fmt::print(to, "Concerned: the model {} of {}, trained on {}\n", one.model, one.recipient, one.version);
}

std::string_view files_of(const Revocation& revoked) {
  if (revoked.files_stay) return "; it is under legal hold: its files stay";
  return revoked.cleaned ? ", and its files are gone" : "; its files are still to go";
}

}  // namespace qf::cli
