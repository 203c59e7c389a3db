// consent.json: what a teacher leaves in the project's folder, read into the same statements as the CSV.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "qf/ledger/consent.h"
#include "qf/ledger/consent_fields.h"
#include "qf/ledger/csv.h"

namespace qf {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 8;
constexpr std::array<std::string_view, 4> kMembers = {"version", "subject", "how_to_withdraw", "consents"};
constexpr std::array<std::string_view, 10> kStatementMembers = {"scope",       "scopes",     "status", "given_at",
                                                                "covers_from", "expires_at", "method", "evidence",
                                                                "recorded_by", "notice"};

tl::unexpected<Error> bad(std::string_view place, std::string_view why) {
  return failure(ErrorCode::kInvalidInput, fmt::format("{}: {}", place, why));
}

// Parses with what JSON leaves open decided: no member twice, no deep nesting.
Result<Json> parse(std::string_view content, std::string_view name) {
  std::vector<std::set<std::string>> open_objects;
  bool twice = false, deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (static_cast<std::size_t>(depth) > kMaxDepth) deep = true;
    if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) open_objects.pop_back();
    if (event == Json::parse_event_t::key && !open_objects.back().insert(value.get<std::string>()).second) twice = true;
    return true;
  };
  try {
    Json document = Json::parse(content.begin(), content.end(), watch);
    if (twice) return bad(name, "a member stands twice in one object");
    if (deep) return bad(name, fmt::format("nested deeper than {}", kMaxDepth));
    return document;
  } catch (const Json::parse_error& error) {
    // The parser's message quotes the text, so only its position is used.
    const auto end = content.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, content.size()));
    return bad(fmt::format("{}, line {}", name, std::count(content.begin(), end, '\n') + 1), "not valid JSON");
  } catch (const Json::exception&) {
    return bad(name, "not valid JSON");
  }
}

Status check_members(const Json& object, std::span<const std::string_view> known, std::string_view place) {
  if (!object.is_object()) return bad(place, "an object is needed");
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      return bad(place, fmt::format("a member that is not known{}; known are {}", nearest_words(key, known),
                                    fmt::join(known, ", ")));
  return {};
}

// A member's text; empty where it is missing or null.
Result<std::string_view> text_of(const Json& object, const char* member, std::string_view place) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return std::string_view();
  if (!found->is_string()) return bad(fmt::format("{} {}", place, member), "a string is needed");
  return std::string_view(found->get_ref<const std::string&>());
}

Status read_scopes(const Json& object, std::string_view place, std::vector<std::string_view>& out) {
  if (object.contains("scope") == object.contains("scopes"))
    return bad(place, R"(either "scope", a string, or "scopes", a list of strings, is needed)");
  if (object.contains("scope")) {
    QF_ASSIGN(const std::string_view scope, text_of(object, "scope", place));
    out.push_back(scope);
    return {};
  }
  const Json& scopes = object["scopes"];
  if (!scopes.is_array()) return bad(fmt::format("{} scopes", place), "a list of strings is needed");
  for (const Json& scope : scopes) {
    if (!scope.is_string()) return bad(fmt::format("{} scopes", place), "a list of strings is needed");
    out.push_back(scope.get_ref<const std::string&>());
  }
  return {};
}

}  // namespace

Result<std::vector<ConsentStatement>> parse_consent_json(std::string_view content, std::string_view name,
                                                         std::optional<std::int64_t> now_us) {
  QF_ASSIGN(const Json document, parse(content, name));
  QF_CHECK(check_members(document, kMembers, name));
  const auto version = document.find("version");
  if (version == document.end() || *version != 1)
    return bad(fmt::format("{}, version", name), "must be 1; a later format needs a newer qf-dataset");
  QF_ASSIGN(const std::string_view subject, text_of(document, "subject", fmt::format("{},", name)));
  // For the person alone, who may have changed it: nothing is read from it.
  QF_ASSIGN([[maybe_unused]] const std::string_view said,
            text_of(document, "how_to_withdraw", fmt::format("{},", name)));
  const auto consents = document.find("consents");
  if (consents == document.end() || !consents->is_array())
    return bad(fmt::format("{}, consents", name), "a list of statements is needed");

  std::vector<ConsentStatement> statements;
  for (std::size_t i = 0; i < consents->size(); ++i) {
    const Json& object = (*consents)[i];
    const std::string place = fmt::format("{}, consents[{}]", name, i);
    QF_CHECK(check_members(object, kStatementMembers, place));
    ConsentFields fields{.subject = subject,
                         .scopes = {},
                         .status = {},
                         .given_at = {},
                         .covers_from = {},
                         .expires_at = {},
                         .method = {},
                         .evidence = {},
                         .recorded_by = {},
                         .notice = {}};
    QF_CHECK(read_scopes(object, place, fields.scopes));
    QF_ASSIGN(fields.status, text_of(object, "status", place));
    QF_ASSIGN(fields.given_at, text_of(object, "given_at", place));
    QF_ASSIGN(fields.covers_from, text_of(object, "covers_from", place));
    QF_ASSIGN(fields.expires_at, text_of(object, "expires_at", place));
    QF_ASSIGN(fields.method, text_of(object, "method", place));
    QF_ASSIGN(fields.evidence, text_of(object, "evidence", place));
    QF_ASSIGN(fields.recorded_by, text_of(object, "recorded_by", place));
    QF_ASSIGN(fields.notice, text_of(object, "notice", place));
    QF_CHECK(append_statements(fields, place, now_us, statements));
  }
  return statements;
}

}  // namespace qf
